"""Tables: one module for each resource."""
