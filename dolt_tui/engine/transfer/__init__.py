"""Import and export: rows as CSV, TSV, JSON lines, SQL, Markdown or Parquet, streamed from and to files."""
