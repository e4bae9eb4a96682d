"""Views: one module for one kind of day."""
