"""A case's contacts, windows and clusters, and who was told when."""
