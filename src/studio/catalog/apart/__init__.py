"""Private packs: their code runs in processes apart, and here plain descriptions stand for it."""
