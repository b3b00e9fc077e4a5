"""What happened in a span of time, counted from the rows; `sums` keeps what days that are over had.

Every function takes a session and a Scope and gives plain rows; words and drawings are the pages'.
"""
