"""What scaffold knows of Next.js and FastAPI projects that it did not make."""
