"""Positives held against what was forecast: sequential tests whose false alarm rate is stated and holds at every look."""
