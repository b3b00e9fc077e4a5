"""Where mail comes in, and where people and programs look in."""
