"""Use cases: what each role may do to a journey and when, over ports that the node provides."""
