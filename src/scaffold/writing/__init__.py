"""Plans on disk: all changes or none, on record for `undo`."""
