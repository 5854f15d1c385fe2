"""The vault through the API."""
