"""Every caller has a bucket of tokens that fills evenly; a request takes one out."""

from typing import NamedTuple


class Limit(NamedTuple):
    """A bucket of `most` tokens that an empty one needs `seconds` to fill."""

    most: int
    seconds: float


class Cell(NamedTuple):
    """What is known of one caller: tokens taken out, and when it is full again."""

    used: float
    until: float


def take(cell: Cell | None, limit: Limit, now: float) -> tuple[Cell, float]:
    """The cell after one more request, and how long to wait: 0 where it may pass."""
    each = limit.seconds / limit.most
    missing = max(0.0, cell.until - now) / each if cell else 0.0
    # A hair's breadth of tolerance: the sums are of floating point.
    if missing + 1 > limit.most + 1e-9:
        kept = Cell(missing, now + missing * each)
        return kept, (missing + 1 - limit.most) * each
    return Cell(missing + 1, now + (missing + 1) * each), 0


# The same inside Redis, for many processes: times in milliseconds.
SCRIPT = """
local most, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local each = window / most
local full = tonumber(redis.call('GET', KEYS[1]) or now)
local missing = math.max(0, full - now) / each
if missing + 1 > most + 1e-6 then return math.ceil((missing + 1 - most) * each) end
local again = now + (missing + 1) * each
redis.call('SET', KEYS[1], string.format('%.3f', again), 'PX', math.ceil(again - now))
return 0
"""
