"""Documents that teams write for their AI agents: their text in parts, and what it states."""
