"""Mails of others, shown so that nothing in them can do harm."""
