"""Reading data: tables, rows, diffs, the history of rows, the summary."""
