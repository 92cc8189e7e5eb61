"""The console: splitting a script into statements, completing them, running them, and holding their results."""
