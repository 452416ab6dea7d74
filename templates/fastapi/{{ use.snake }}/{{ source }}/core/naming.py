"""How JSON and the database spell the names of attributes."""


def column_name(attribute: str) -> str:
    """The column; a trailing `_` only keeps an attribute apart from Python's names."""
    return attribute.removesuffix("_")


def property_name(attribute: str) -> str:
    """The property in JSON, which is spelled as the column is."""
    return column_name(attribute)
