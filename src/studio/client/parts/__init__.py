"""The parts of the API, one module each. Written by ``tools/client.py`` from the API's description; do not edit."""
