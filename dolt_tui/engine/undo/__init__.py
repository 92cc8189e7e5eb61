"""Undo: steps in a journal, snapshots of what is not committed, and how to go back to them."""
