"""Broadcasts: one invitation or text to many, to the right people at a decent hour."""
