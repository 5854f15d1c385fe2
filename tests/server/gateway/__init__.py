"""API keys and the gateway."""
