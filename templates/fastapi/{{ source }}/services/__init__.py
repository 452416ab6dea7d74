"""Rules: what has to hold, whoever asks."""
