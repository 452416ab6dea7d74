"""Tests of `scaffold.formatters`."""
