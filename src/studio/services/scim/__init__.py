"""What a directory keeps up to date here (SCIM 2.0)."""
