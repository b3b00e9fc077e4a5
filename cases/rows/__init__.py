"""Many rows written and found in few statements."""
