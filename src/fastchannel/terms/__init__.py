"""Words that every room shares: parties, places, moments, events, evidence, reasons and the root error."""
