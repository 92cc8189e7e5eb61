"""Editors of one cell, that open over it: a line, several lines, a list to choose from, a key of another table."""
