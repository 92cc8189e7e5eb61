"""What the keys do, by area."""
