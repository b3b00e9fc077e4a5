"""Exclusions: who must not be written to by marketing, why, and until when."""
