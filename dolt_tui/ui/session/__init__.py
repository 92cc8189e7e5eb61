"""What the interface knows and does without a screen: state, reads, writes, refresh."""
