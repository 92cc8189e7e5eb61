"""The two engines: what differs between a Dolt server and an embedded DoltLite file."""
