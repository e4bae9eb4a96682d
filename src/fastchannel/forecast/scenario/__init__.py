"""Scenarios: a model written as a text, with no agreement."""
