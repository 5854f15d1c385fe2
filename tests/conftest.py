"""What holds for every test."""

from hypothesis import HealthCheck, settings

from tests.fixtures.passwords import quick_passwords
from tests.fixtures.postgres import postgres_cluster, postgres_empty, postgres_url

# Here, and in no other file: a fixture of the session is made anew for every conftest that brings it.
__all__ = ["postgres_cluster", "postgres_empty", "postgres_url", "quick_passwords"]

# A loaded machine is no failure: property tests have neither a deadline nor a limit on how long drawing takes.
settings.register_profile("studio", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("studio")
