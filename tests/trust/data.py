"""Data of a stranger: values of a file changed to what no honest one has, each beside a harmless twin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.trust.words import ANY, BOMBS, latin, tame

Path = tuple[str | int, ...]


def _deep(depth: int) -> Any:
    found: Any = "x"
    for _ in range(depth):
        found = [found]
    return found


_TEXTS = st.one_of(
    latin(), latin(), ANY, st.sampled_from(("", ".", "..", "^", "*", "latest", "1", "workspace:*"))
)
_HUGE = st.sampled_from((10**400, -1, 2**63, 1e308, float("nan"), float("inf"), -0.0))
_OTHERS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    _HUGE,
    st.lists(_TEXTS | st.none() | st.integers(), max_size=3),
    st.dictionaries(_TEXTS, _TEXTS | st.none() | st.lists(_TEXTS, max_size=2), max_size=3),
    st.integers(10, 399).map(_deep),
    BOMBS,
)


def places(data: Any, above: Path = ()) -> Iterator[Path]:
    """Every value in the data, by the keys that lead to it."""
    if above:
        yield above
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*above, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from places(value, (*above, number))


def put(data: Any, place: Path, value: Any) -> Any:
    """A copy of the data with that value at the place."""
    if not place:
        return value
    key = place[0]
    if isinstance(data, dict):
        return {**data, key: put(data.get(key), place[1:], value)}
    return [put(old, place[1:], value) if number == key else old for number, old in enumerate(data)]


@st.composite
def changed(draw: st.DrawFn, data: Any, words: st.SearchStrategy[str] = _TEXTS) -> tuple[Any, Any]:
    """The data with one to three other values, and the same with harmless words in place of strange ones."""
    twin = data
    for _ in range(draw(st.sampled_from((1, 1, 2, 3)))):
        known = list(places(data))
        if not known:
            break
        place = draw(st.sampled_from(known))
        match draw(st.sampled_from(("text", "text", "text", "other", "key"))):
            case "text":
                text = draw(words)
                data, twin = put(data, place, text), put(twin, place, tame(text))
            case "other":
                value = draw(_OTHERS)
                data, twin = put(data, place, value), put(twin, place, value)
            case _:
                key, value = draw(words), draw(words)
                above = place[:-1]
                if isinstance(_at(data, above), dict):
                    data, twin = put(data, (*above, key), value), put(
                        twin, (*above, key), tame(value)
                    )
    return data, twin


def _at(data: Any, place: Path) -> Any:
    for key in place:
        data = data[key]
    return data
