"""The getting-started tutorial as data, and the database that its steps build."""
