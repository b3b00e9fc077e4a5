"""What happened in a span of time, counted from the rows themselves: nothing is kept twice.

Every function takes a session and a Scope and gives plain rows; words and drawings are the pages'.
"""
