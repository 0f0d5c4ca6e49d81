"""What is known of command-line programs, as tables."""
