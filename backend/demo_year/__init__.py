"""A synthetic year of a demo city: residents that a program made up text to the bot itself.

Theory of operation. `people` makes up residents and when they write, `opinions` what they think,
`texting` how they put it; all of that is pure and repeats itself with its seed. `visits` has one of
them talk with the bot: every text takes a turn like one from the page to try, at a time of the past
year, and what they text next is an answer to what the bot asked. Nothing else writes: no row is
made here. A visit, with the wake-ups that follow it, is one transaction, and its first receipt says
that it was made: so a year that was interrupted goes on where it stopped.
"""
