"""Connections, sessions, statements, and what every other part of the engine builds on."""
