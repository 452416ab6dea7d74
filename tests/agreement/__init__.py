"""Documents agree with services: schemathesis, linters and generated clients on the OpenAPI document of each style.

`python -m tests.agreement` (`make agreement`) takes all of them and writes docs/openapi.md.
"""
