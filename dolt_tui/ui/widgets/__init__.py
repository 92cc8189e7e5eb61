"""Widgets that know nothing of databases."""
