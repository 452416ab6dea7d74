"""The formatter of somebody else's project: what it is, whether it may run, and our texts as it would write them."""
