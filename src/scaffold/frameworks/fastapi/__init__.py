"""Somebody else's FastAPI application."""
