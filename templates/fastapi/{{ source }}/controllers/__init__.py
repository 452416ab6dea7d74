"""Between HTTP and the rules: bodies in, bodies out."""
