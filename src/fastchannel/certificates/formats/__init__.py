"""Formats: each reads its envelope and puts what it certifies into the one evidence model."""
