"""Definitions of tables in the code and the tables of a document, one module for each language."""
