"""A made year of a shop: what the truce costs its marketing, and what it spares its customers."""
