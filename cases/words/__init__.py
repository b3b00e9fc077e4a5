"""The words of all messages: how they are compared, kept and found."""
