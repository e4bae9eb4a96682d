"""What another rule for the channel would do to the industries on both sides."""
