"""Certificates: bytes, a trust list and a time become evidence, or a refusal with a code."""
