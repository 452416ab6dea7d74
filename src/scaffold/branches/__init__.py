"""What two branches made of one project, merged."""
