"""What each resource promises."""
