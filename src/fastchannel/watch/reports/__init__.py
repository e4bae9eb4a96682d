"""Daily figures of the epidemic as each side published them: read row by row, every publication kept."""
