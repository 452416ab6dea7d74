"""What `scaffold add` adds: kinds, which the templates define, and the things of a project."""
