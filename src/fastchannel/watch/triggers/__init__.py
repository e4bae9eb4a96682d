"""An agreement's triggers, executed daily and on each event, on what was known that day."""
