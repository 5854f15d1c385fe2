"""Commands on a server: what ``--server URL`` makes of them."""
