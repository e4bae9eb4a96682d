"""Whether the person whom a certificate names is the holder of a passport: scored, explained, and never refused in silence."""
