"""Pictures, drawn anew from their pixels.

Where it was taken, by which device, thumbnails, comments, colour profiles, further frames: nothing
but the pixels of the first frame goes over, upright, at most LONGEST_SIDE on a side.
"""

from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageOps

from bot.content.refusal import ContentError

MOST_PIXELS = 50_000_000
"""Of a JPEG: the largest that phones take. It is decoded at a fraction of its size."""

MOST_PIXELS_WHOLE = 16_000_000
"""Of the other kinds, which are decoded whole: a small file may hold any number of pixels."""

LONGEST_SIDE = 3000
QUALITY = 85
_DRAFTED = ("JPEG", "MPO")  # the latter: several JPEGs in one file, as some phones write
_MIXED = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def redrawn(content: bytes) -> bytes:
    """The picture as a JPEG. Raises ContentError."""
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as opened:
            most = MOST_PIXELS if opened.format in _DRAFTED else MOST_PIXELS_WHOLE
            if opened.width * opened.height > most:
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
    # Made small before all else, which takes a copy or two each.
    upright = _small(picture)
    with suppress(Exception):  # what says how the picture was held is broken: it stays as it is
        upright = ImageOps.exif_transpose(upright)
    # On a fresh canvas: an image object carries comments and profiles along.
    canvas = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        canvas.paste(seen, mask=seen)
    else:
        canvas.paste(upright.convert("RGB"))
    out = BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _small(picture: Image.Image) -> Image.Image:
    """At most LONGEST_SIDE on a side, in colours that can be mixed; the picture itself if it is
    small enough."""
    if max(picture.size) <= LONGEST_SIDE:
        return picture
    if picture.mode not in _MIXED:
        turned = picture.getexif()
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        picture.info["exif"] = turned.tobytes()
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return picture
