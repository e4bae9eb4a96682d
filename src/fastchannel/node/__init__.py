"""The shell of one party's node: settings, database, jobs, clock, accounts. Django lives here and in `web`."""
