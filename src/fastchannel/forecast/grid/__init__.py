"""The first engine tabulated, for many itineraries at once."""
