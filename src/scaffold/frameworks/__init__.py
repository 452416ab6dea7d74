"""What scaffold knows about Next.js and FastAPI projects that it did not make."""
