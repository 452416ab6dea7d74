"""What a resource is: its name, fields, options and what happened to its table."""
