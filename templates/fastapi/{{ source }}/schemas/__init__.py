"""Bodies: what each resource takes and gives."""
