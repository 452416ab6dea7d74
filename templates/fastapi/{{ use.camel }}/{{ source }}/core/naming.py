"""How JSON and the database spell the names of attributes."""


def column_name(attribute: str) -> str:
    """The column; a trailing `_` only keeps an attribute apart from Python's names."""
    return attribute.removesuffix("_")


def property_name(attribute: str) -> str:
    """The property in JSON: `due_date` is `dueDate`."""
    first, *others = column_name(attribute).split("_")
    return first + "".join(word.capitalize() for word in others)
