"""The pages agents work in. Knows nothing of IMAP."""
