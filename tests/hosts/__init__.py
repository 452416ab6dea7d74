"""The lab: small projects of other people's kinds, and one walker that takes each through a life with scaffold.

A host is one file, `nextjs/<name>.yml` or `fastapi/<name>.yml`; `host.py` says what it may hold.
`python -m tests.hosts [NAME ...]` walks, and compares each outcome with `expected.yml`.
"""
