"""The pass that a node issues: short-lived, bound to a passport, without health data, and checked without a network."""
