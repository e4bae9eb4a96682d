"""What a place is worth: what would stand still without the people, and what that would stop elsewhere."""
