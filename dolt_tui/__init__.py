"""dolt-tui: a keyboard-driven terminal interface for Dolt, the version-controlled SQL database."""

__version__ = "0.1.0"
