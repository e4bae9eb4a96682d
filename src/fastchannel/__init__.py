"""Fast Channel: joint prevention and control between countries, and the fast channel for essential travellers."""

__version__ = "0.1.0"
