"""The schema of conventions, values checked against it, and what a project overrides."""
