"""Counts requests in windows of fixed length, each beginning with its first request."""

from typing import NamedTuple


class Limit(NamedTuple):
    """At most `most` requests in `seconds`."""

    most: int
    seconds: float


class Cell(NamedTuple):
    """What is known of one caller: requests so far, and the end of their window."""

    used: float
    until: float


def take(cell: Cell | None, limit: Limit, now: float) -> tuple[Cell, float]:
    """The cell after one more request, and how long to wait: 0 where it may pass."""
    if cell is None or cell.until <= now:
        return Cell(1, now + limit.seconds), 0
    if cell.used >= limit.most:
        return cell, cell.until - now
    return Cell(cell.used + 1, cell.until), 0


# The same inside Redis, for many processes: times in milliseconds.
SCRIPT = """
local most, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('PEXPIRE', KEYS[1], window) end
if used <= most then return 0 end
return math.max(1, redis.call('PTTL', KEYS[1]))
"""
