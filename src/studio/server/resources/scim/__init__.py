"""SCIM 2.0, apart from the API for programs and pages."""
