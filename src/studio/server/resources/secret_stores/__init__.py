"""External secret stores."""
