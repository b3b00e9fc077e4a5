"""Mail that marketing sends passes here: the SMTP gate, and the look-out for mail that does not."""
