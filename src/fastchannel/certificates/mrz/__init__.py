"""The machine readable zone of passports, cards and visas, as ICAO Doc 9303 has it."""
