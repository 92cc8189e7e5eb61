"""Editing: drafts of rows, written in one transaction if nobody changed them; forms that make and alter tables."""
