"""The contracts with programs: feed, gate, bots, interactions."""
