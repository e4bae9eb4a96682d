"""Allocation: which team gets which place on which day, with what bounds it, and why."""
