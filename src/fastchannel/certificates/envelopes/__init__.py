"""Envelopes: what certificates are wrapped in, opened within stated bounds."""
