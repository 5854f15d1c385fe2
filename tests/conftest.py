"""What holds for every test."""

from hypothesis import HealthCheck, settings

# A loaded machine is no failure: property tests have neither a deadline nor a limit on how long drawing takes.
settings.register_profile("studio", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("studio")
