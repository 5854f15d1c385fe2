"""A resource of the API."""
