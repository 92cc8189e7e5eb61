"""What the main pane can show: diffs, tables, commits, comparisons, histories."""
