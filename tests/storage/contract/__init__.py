"""One suite over every database."""
