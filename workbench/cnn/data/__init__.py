"""What a network learns from, and how it is kept apart from what it is tested on."""
