"""Dialogs: one file for each."""
