"""Lists that marketing brings: kept sealed, sifted beside the requests, and forgotten in time."""
