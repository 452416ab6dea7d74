"""Work that goes on after the answer: queued in a table, done at least once."""
