"""Shows how far long work is."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from backend.store.rotation import Progress


@contextmanager
def bar(label: str, *, counted: bool = False) -> Iterator[Progress]:
    """Within the block, what to call with what is done and what there is in all; `counted` shows
    both numbers."""
    with click.progressbar(length=1, label=label, show_pos=counted) as shown:

        def progress(done: int, total: int) -> None:
            shown.length = max(total, 1)
            shown.update(done - shown.pos)

        yield progress
