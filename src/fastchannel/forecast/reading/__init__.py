"""Reading the texts and files that a forecast is given."""
