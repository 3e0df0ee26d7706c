"""The demo system: a small shop of real processes that can really be broken, recorded and played."""
