"""Free text to outcome: normalise, choices, numbers, dates, places.

Every reading is pure, deterministic and linear in the length of the text. A wrong recorded answer
is worse than one more message: in doubt the outcome is `Ambiguous` or `NotUnderstood`.
"""
