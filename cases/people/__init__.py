"""People: who is who, what they are worth, how they want to be treated, and how well we know."""
