"""What every room stands on: errors, text, git, files that survive a power cut."""
