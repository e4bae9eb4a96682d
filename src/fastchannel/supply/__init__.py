"""Whom the scarce places should go to, so that the industrial, supply and logistics chains keep running."""
