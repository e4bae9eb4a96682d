"""Forms: what a person enters, checked before it reaches casework."""
