"""How JSON spells the names of attributes."""


def property_name(attribute: str) -> str:
    """`dueDate` of `due_date`; a trailing `_` keeps it apart from Python's names."""
    first, *others = attribute.removesuffix("_").split("_")
    return first + "".join(word.capitalize() for word in others)
