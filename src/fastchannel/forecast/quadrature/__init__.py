"""The first engine: an integral, to a stated tolerance."""
