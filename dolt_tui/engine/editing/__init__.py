"""Editing: drafts of rows that are written in one transaction if nobody changed them; forms that make and alter tables."""
