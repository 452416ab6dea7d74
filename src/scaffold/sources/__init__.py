"""Where templates come from, and which version of them is newest."""
