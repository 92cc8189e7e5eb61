"""Values turned into rows, lines and cells; knows no screen."""
