"""DECIDE: an agreement, one traveller's events and a time give where they stand, what is due, and why."""
