"""What every resource shares."""
