"""What is too slow for tests: jobs while their workers, servers and database are killed."""
