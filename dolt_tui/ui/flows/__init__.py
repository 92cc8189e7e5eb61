"""What several actions share: previews, what is typed into filters."""
