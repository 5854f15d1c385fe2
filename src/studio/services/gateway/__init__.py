"""API keys, what they may do and have done, and running workflows with them from outside."""
