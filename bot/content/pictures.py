"""Pictures, drawn anew from their pixels.

Where it was taken, by which device, thumbnails, comments, colour profiles, further frames: nothing
but the pixels of the first frame goes over, upright, at most LONGEST_SIDE on a side.
"""

from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageOps

from bot.content.refusal import ContentError

MOST_PIXELS = 50_000_000
"""Of a picture that is decoded at all: the largest that phones take."""

LONGEST_SIDE = 3000
QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def redrawn(content: bytes) -> bytes:
    """The picture as a JPEG. Raises ContentError."""
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ContentError("too many pixels")
            # A JPEG is decoded at the size we want, or just above it: less memory and time.
            opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            opened.load()
            return _drawn(opened)
    except ContentError:
        raise
    except Image.DecompressionBombError:
        raise ContentError("too many pixels") from None
    except Exception:  # decoders raise whatever they like on broken input
        raise ContentError("broken picture") from None


def _drawn(picture: Image.Image) -> bytes:
    upright = picture
    with suppress(Exception):  # what says how the picture was held is broken: it stays as it is
        upright = ImageOps.exif_transpose(picture)
    # On a fresh canvas: an image object carries comments and profiles along.
    canvas = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        canvas.paste(seen, mask=seen)
    else:
        canvas.paste(upright.convert("RGB"))
    canvas.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
