"""Trust: whose keys count, for what, how long, and which certificates their issuers took back."""
