"""Exclusions: who must not be written to by marketing, why, and until when.

    facts | wanted (rules) | changes (rows) | feed (numbered in the order of commits)
    asking | deciding (pressing: had enough mail) | gating (audience, approvals) | receipts

The first line is written at the end of every transaction that touched a case or a contact; the
second answers whoever wants to send. What an admin decided otherwise than shipped is in policies.
"""
