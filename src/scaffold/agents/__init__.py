"""Agent documents: read, checked, followed, described."""
