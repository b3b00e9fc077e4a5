"""The mail coming in. Knows nothing of the web."""
