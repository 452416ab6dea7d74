"""The job `publish`."""
