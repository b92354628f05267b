"""What is kept of pictures and recordings: their kind by their content, and nothing personal.

The recordings in `samples/` are a synthetic tone, written by FFmpeg with tags that say SECRET;
after cleaning, FFmpeg decoded every one of them to the same samples as before.
"""

import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from bot.content import (
    LARGEST_PICTURE,
    LARGEST_RECORDING,
    ContentError,
    cleaned,
    pictures,
)

SAMPLES = Path(__file__).parent / "samples"
RECORDINGS = {
    "tone.ogg": "audio/ogg",
    "tone.m4a": "audio/mp4",
    "tone.mp3": "audio/mpeg",
    "tone.amr": "audio/amr",
}
SECRET = b"SECRET"
GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def picture(
    kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **more: object
) -> bytes:
    """Left half red, right half blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = BytesIO()
    image.convert(mode).save(out, kind, **more)
    return out.getvalue()


def whereabouts() -> Image.Exif:
    """Metadata as a phone writes it: where, by what, held how."""
    exif = Image.Exif()
    exif[MAKER] = "SECRET phone"
    exif[ORIENTATION] = 6  # turned to the right
    exif.get_ifd(GPS).update({1: "S", 2: (26.0, 12.0, 14.76), 3: "E", 4: (28.0, 2.0, 50.28)})
    return exif


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def refused(content: bytes) -> str:
    with pytest.raises(ContentError) as caught:
        cleaned(content)
    return str(caught.value)


# --- pictures ------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_kind_of_picture_becomes_a_plain_jpeg(kind: str) -> None:
    clean = cleaned(picture(kind))
    assert clean.media_type == "image/jpeg"
    image = opened(clean.content)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (40, 20))
    red = image.getpixel((5, 10))
    assert isinstance(red, tuple)
    assert red[0] > 200 > 60 > red[2]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_a_picture_was_taken_is_gone_and_it_stands_upright(kind: str) -> None:
    content = picture(kind, exif=whereabouts())
    assert opened(content).getexif().get_ifd(GPS), "the picture to be cleaned knows the place"
    assert SECRET in content
    image = opened(cleaned(content).content)
    assert dict(image.getexif()) == {}
    assert image.getexif().get_ifd(GPS) == {}
    assert image.size == (20, 40)
    top = image.getpixel((10, 5))
    assert isinstance(top, tuple)
    assert top[0] > 200, "what was left is now above"
    assert SECRET not in cleaned(content).content


def test_comments_profiles_and_texts_are_gone() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "SECRET")
    contents = [
        picture("JPEG", comment=SECRET, icc_profile=b"SECRET profile", dpi=(31, 31)),
        picture("PNG", pnginfo=text, icc_profile=b"SECRET profile"),
        picture("GIF", comment=SECRET),
        picture("WEBP", xmp=b"<SECRET/>"),
        picture("JPEG") + b"SECRET behind the end",
    ]
    for content in contents:
        assert cleaned(content).content.find(SECRET) == -1
        assert set(opened(cleaned(content).content).info) <= {
            "jfif", "jfif_version", "jfif_unit", "jfif_density",
        }  # fmt: skip


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "lime", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        out = BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:])
        pixel = opened(cleaned(out.getvalue()).content).getpixel((5, 5))
        assert isinstance(pixel, tuple)
        assert pixel[0] > 200, kind
        assert pixel[1] < 60, kind


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_pictures_of_every_depth(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (8, 8)).save(out, "PNG")
    assert opened(cleaned(out.getvalue()).content).size == (8, 8)


def test_a_picture_in_inks() -> None:
    assert opened(cleaned(picture("JPEG", mode="CMYK")).content).mode == "RGB"


def test_what_shows_through_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(cleaned(out.getvalue()).content).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_is_made_smaller(kind: str) -> None:
    assert opened(cleaned(picture(kind, (4000, 100))).content).size == (3000, 75)


def test_a_picture_that_unfolds_to_too_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = BytesIO()
    Image.new("1", (10_000, 5001)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 20_000
    assert refused(bomb.getvalue()) == "too many pixels"
    head = picture("PNG")
    huge = head[:16] + struct.pack(">II", 60_000, 60_000) + head[24:]
    assert refused(huge) in ("too many pixels", "broken picture")
    monkeypatch.setattr(pictures, "MOST_PIXELS", 799)
    assert refused(picture("JPEG")) == "too many pixels"
    monkeypatch.setattr(pictures, "MOST_PIXELS_WHOLE", 799)
    assert refused(picture("GIF")) == "too many pixels"


# Of a picture as large as is taken: its file is small, its pixels are not.
# (Of the process itself: what `getrusage` tells begins with its parent's.)
MEMORY = """
import re, sys
from pathlib import Path
from bot.content import cleaned
cleaned(Path(sys.argv[1]).read_bytes())
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.parametrize(
    ("kind", "mode", "most"), [("PNG", "RGBA", 300), ("PNG", "P", 250), ("GIF", "P", 250)]
)
def test_a_picture_takes_little_memory(kind: str, mode: str, most: int, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    Image.new(mode, (4000, 4000)).save(file, kind)
    command = [sys.executable, "-c", MEMORY, str(file)]
    told = subprocess.run(command, capture_output=True, check=True, text=True)
    assert int(told.stdout) < most, "megabytes"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1", "I;16"])
def test_a_large_picture_of_any_colours_is_made_small_and_stands_upright(mode: str) -> None:
    image = Image.new("L", (3200, 40), 0)
    image.paste(255, (1600, 0, 3200, 40))
    out = BytesIO()
    image.convert("I" if mode == "I;16" else mode).convert(mode).save(
        out, "PNG", exif=whereabouts()
    )
    made = opened(cleaned(out.getvalue()).content)
    assert made.size == (38, 3000)
    dark, light = made.getpixel((19, 100)), made.getpixel((19, 2900))
    assert isinstance(dark, tuple)
    assert isinstance(light, tuple)
    assert dark[0] < 60
    assert light[0] > 200 or mode == "I;16"


def test_several_pictures_in_one_file_count_as_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS_WHOLE", 799)
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "MPO", save_all=True, append_images=frames[1:])
    assert opened(cleaned(out.getvalue()).content).size == (40, 20)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_cut_short_is_refused(kind: str) -> None:
    whole = picture(kind, (300, 300))
    for share in (0.02, 0.5, 0.9):
        assert refused(whole[: max(int(len(whole) * share), 14)])


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_metadata_do_not_spoil_a_picture() -> None:
    content = picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff broken")
    assert opened(cleaned(content).content).size == (40, 20)


# --- recordings ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "media_type"), RECORDINGS.items())
def test_a_recording_is_kept_without_its_tags(name: str, media_type: str) -> None:
    content = sample(name)
    assert (SECRET in content) is (name != "tone.amr"), "AMR has none"
    clean = cleaned(content)
    assert clean.media_type == media_type
    assert SECRET not in clean.content
    # The frame of an MP3 that names its encoder also tells its length: it stays.
    assert (b"Lavf" in clean.content) is (name == "tone.mp3")
    assert cleaned(clean.content) == clean, "clean stays clean"


@pytest.mark.parametrize("name", ["tone.ogg", "tone.mp3", "tone.amr"])
def test_what_stands_behind_a_recording_is_gone(name: str) -> None:
    tail = b"TAG" + SECRET.ljust(125, b"\0")
    assert cleaned(sample(name) + tail) == cleaned(sample(name))


def test_of_a_recording_cut_short_the_whole_frames_are_kept() -> None:
    for name in ("tone.ogg", "tone.mp3", "tone.amr"):
        whole = cleaned(sample(name)).content
        cut = cleaned(whole[:-3]).content if name != "tone.ogg" else b""
        assert whole.startswith(cut), name
        assert refused(whole[:30]), name
    assert refused(sample("tone.m4a")[:-3]) == "broken recording"
    assert refused(sample("tone.ogg")[:-3]), "all its sound is in its last page"


def test_a_voice_note_has_one_stream_of_opus() -> None:
    content = sample("tone.ogg")
    assert refused(content + content) == "several streams"
    assert refused(content.replace(b"OpusHead", b"OtherKnd")) == "no voice note"
    assert refused(content.replace(b"OpusTags", b"OtherKnd")) == "broken recording"


def test_tags_over_several_pages_are_blanked_in_all_of_them() -> None:
    content = sample("tone.ogg")
    head_end = 27 + content[26] + sum(content[27 : 27 + content[26]])
    lacing = content[head_end + 26]
    tags_end = head_end + 27 + lacing + sum(content[head_end + 27 : head_end + 27 + lacing])
    tags = (b"OpusTags" + bytes(4) + struct.pack("<II", 1, 255 * 200) + SECRET * 9000)[: 255 * 200]
    page = content[head_end : head_end + 26]
    long = page + b"\xff" + b"\xff" * 255 + tags.ljust(255 * 255, b"S")
    rest = page + b"\x01\x05" + b"SECRE"
    clean = cleaned(content[:head_end] + long + rest + content[tags_end:]).content
    assert SECRET not in clean
    assert b"SECRE" not in clean
    assert clean.count(b"OpusTags") == 1


def test_a_film_is_not_taken_for_a_recording() -> None:
    assert refused(sample("tone.m4a").replace(b"soun", b"vide")) == "not only sound"
    fragmented = sample("tone.m4a").replace(b"moov", b"moof")
    assert refused(fragmented) == "broken recording"


def test_times_and_names_in_an_mp4_are_blanked() -> None:
    content = bytearray(sample("tone.m4a"))
    at = content.index(b"mvhd") + 8
    content[at : at + 8] = b"\xde\xad\xbe\xef" * 2
    clean = cleaned(bytes(content)).content
    assert b"\xde\xad\xbe\xef" not in clean
    assert b"SoundHandler" not in clean
    assert len(clean) == len(content), "offsets hold"


# --- all else ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"<!doctype html><script>1</script>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"MZ\x90\0",
        b"\x1aE\xdf\xa3 webm",
        b"II*\0 tiff",
        b"BM bitmap",
        b"fLaC",
    ],
)
def test_other_kinds_are_refused(content: bytes) -> None:
    assert refused(content) == "another kind"


@pytest.mark.parametrize("begin", [b"RIFF\0\0\0\0WAVE", b"\xff\xf1 adts", b"\xff" * 50, b"ID3"])
def test_what_only_begins_like_one_is_refused(begin: bytes) -> None:
    assert refused(begin)


def test_size_is_capped_by_kind() -> None:
    assert refused(picture("JPEG").ljust(LARGEST_PICTURE + 1, b"\0")) == "too large"
    assert refused(sample("tone.ogg").ljust(LARGEST_RECORDING + 1, b"\0")) == "too large"
    assert cleaned(sample("tone.ogg").ljust(LARGEST_RECORDING, b"\0")).content


WHOLE = [sample(name) for name in RECORDINGS] + [picture(k) for k in ("JPEG", "PNG", "GIF", "WEBP")]


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300)
@given(
    whole=st.sampled_from(WHOLE),
    spoilt=st.lists(st.tuples(st.integers(0, 7000), st.binary(min_size=1, max_size=8)), max_size=4),
    length=st.integers(0, 7000),
)
def test_whatever_comes_is_cleaned_or_refused(
    whole: bytes, spoilt: list[tuple[int, bytes]], length: int
) -> None:
    content = bytearray(whole[:length])
    for at, bytes_ in spoilt:
        content[at : at + len(bytes_)] = bytes_
    try:
        clean = cleaned(bytes(content))
    except ContentError:
        return
    assert clean.content
