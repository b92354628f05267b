"""Decides what is said. Pure: data in, data out; no clock, chance, network or files.

Rule 1: whatever a resident does is an `events.Event`; whatever we want done is an `effects.Effect`.
Rule 2: `conversation.converse` and `engine.advance` never raise on anything a resident can send.
Rule 3: one turn composes to at most one `messages.Message`.
"""
