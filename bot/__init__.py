"""What the program says by itself, and the only door out."""
