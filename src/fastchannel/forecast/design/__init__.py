"""Better agreements: search, comparison, the unknowns that matter, promises that cannot be kept."""
