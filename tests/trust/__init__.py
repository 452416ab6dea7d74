"""Whether the command line tool can be trusted: `make trust`, with kills, full disks and hostile input."""
