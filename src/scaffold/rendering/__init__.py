"""Templates and a manifest become a tree of files."""
