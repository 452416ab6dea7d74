"""A built service under load whose surroundings fail, or that is killed: what it said yes to is there."""
