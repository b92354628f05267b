"""How fast a turn is, beside the floor of the same machine at the same moment.

The floor is a program that does the least a durable webhook with a reply can do: the same HTTP
stack, the same signature check, one durable grouped insert, one POST to the same sink. Figures do
not travel between machines; the ratio does.
"""
