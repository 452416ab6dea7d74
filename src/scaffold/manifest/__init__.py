"""The manifest of a project: read, checked, edited."""
