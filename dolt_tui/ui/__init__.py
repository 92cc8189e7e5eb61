"""The terminal interface, on Textual; it reaches databases only through the engine layer."""
