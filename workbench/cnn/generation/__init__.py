"""Images that a network makes, and what they are worth."""
