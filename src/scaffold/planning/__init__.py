"""Before, after and disk become a plan: a list of file changes."""
