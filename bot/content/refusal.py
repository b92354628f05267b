"""Why a picture or recording is not kept."""


class ContentError(Exception):
    """It is refused for good; the text says why in a few words, and holds nothing of it."""
