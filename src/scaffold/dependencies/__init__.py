"""Files that name a project's dependencies, text to text."""
