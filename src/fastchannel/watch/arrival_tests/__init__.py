"""Scarce tests on arrival: whom to test, so that most infected are found and every kind of traveller keeps being seen."""
