"""The use cases, returning data: what the command line, tests and other front ends call. One module each."""
