"""The joint ledger of imported cases, and what "zero import" proves."""
