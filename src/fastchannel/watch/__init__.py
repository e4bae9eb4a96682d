"""What happened, held against what was forecast: reports, the ledger of imports, alarms and triggers."""
