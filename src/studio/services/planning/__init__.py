"""What a trial of a draft would run, reuse and do to the world, told before it starts."""
