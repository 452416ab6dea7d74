"""Paths: who may call what, and how often."""
