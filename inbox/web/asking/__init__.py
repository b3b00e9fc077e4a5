"""What people type to find cases: read, understood, and said again."""
