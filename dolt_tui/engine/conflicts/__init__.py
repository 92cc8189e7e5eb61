"""Conflicts: reading them before anything is merged, deciding them by a plan, and applying it in one transaction."""
