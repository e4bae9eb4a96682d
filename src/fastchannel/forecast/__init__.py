"""Forecast: what an agreement will let through and what it costs, before anyone signs it."""
