"""How JSON spells the names of attributes."""


def property_name(attribute: str) -> str:
    """The same; a trailing `_` only keeps an attribute apart from Python's names."""
    return attribute.removesuffix("_")
