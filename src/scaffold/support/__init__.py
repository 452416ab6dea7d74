"""What every other room uses: errors, text, git, durable files."""
