"""Merges what two branches made of one project."""
