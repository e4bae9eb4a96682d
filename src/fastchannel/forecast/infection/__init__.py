"""What is known of an infection: its course in a person, profiles of pathogens, and draws of what is not known."""
