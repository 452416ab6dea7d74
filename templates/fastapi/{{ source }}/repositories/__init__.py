"""Queries: one module for each table."""
