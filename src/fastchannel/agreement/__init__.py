"""READ: a text becomes an agreement; its digest, the difference between versions, and an explanation in words."""
