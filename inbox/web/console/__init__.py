"""The console of marketing: who is on truce, and whether a campaign may go. Shows no case."""
