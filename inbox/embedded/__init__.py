"""What runs when nothing else is configured: a private Valkey, and IMAP and SMTP servers."""
