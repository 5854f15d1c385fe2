"""The vault: credentials, who may use them, aliases, sign-in at providers, external secret stores, variables."""
