"""The chain of industries and sites: its tables, what follows from them at once, and what a shortage does day by day."""
