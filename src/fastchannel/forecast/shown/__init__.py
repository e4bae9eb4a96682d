"""A forecast as tables, charts and words."""
