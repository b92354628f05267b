"""Charts and maps of what was made public, for a page and for a chat.

Theory of operation. `making` reads figures that were released and makes a `Picture`: plain data
with its table and its words. Whoever asks gets these at once. The drawing itself (`drawing`, the
only module that imports altair and vl-convert) runs in a process of its own, which the worker
starts for what `kept` says is wanted; see `rendering`.
"""
