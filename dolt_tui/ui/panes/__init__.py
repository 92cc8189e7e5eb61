"""Panes: one file for each."""
