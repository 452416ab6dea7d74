"""Every noun of a list and every reserved word, as a resource and as a field: what is emitted works.

`python -m tests.names [STYLE ...]` renders them in projects of 200 resources, and lets the languages, the
databases and the tools themselves say what they think of each.
"""
