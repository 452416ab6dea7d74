"""Background jobs, each in a package of its own."""
