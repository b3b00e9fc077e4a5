"""Whether the agents can bear more mail: from which numbers, and in which waves."""
