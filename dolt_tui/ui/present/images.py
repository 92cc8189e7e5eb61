"""What pictures are, told from their first bytes. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Image(NamedTuple):
    """A picture."""

    kind: str
    """``png``, ``jpeg``, ``gif``, ``webp`` or ``bmp``."""
    width: int
    """In pixels; 0 where it is not told, and so is the height."""
    height: int

    def __str__(self) -> str:
        return f"{self.kind}, {self.width}×{self.height}" if self.width else self.kind


_LOOKED_AT = 256 * 1024
"""Bytes of a jpeg in which its size is looked for."""


def image_of(data: bytes | bytearray | memoryview) -> Image | None:
    """The picture that bytes hold, as far as their beginning tells; None where it is none."""
    head = bytes(data[:32])
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        return Image("png", int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))
    if head[:6] in (b"GIF87a", b"GIF89a") and len(head) >= 10:
        return Image("gif", int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little"))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Image("webp", *_webp(head))
    if head[:2] == b"BM" and len(head) >= 26 and head[14] == 40:
        sizes = (int.from_bytes(head[at : at + 4], "little", signed=True) for at in (18, 22))
        return Image("bmp", *(abs(size) for size in sizes))
    if head[:3] == b"\xff\xd8\xff":
        return Image("jpeg", *_jpeg(bytes(data[:_LOOKED_AT])))
    return None


def _webp(head: bytes) -> tuple[int, int]:
    """Width and height; none of the kinds that hide them among bits."""
    if head[12:16] == b"VP8X" and len(head) >= 30:
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == b"VP8 " and len(head) >= 30:
        return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return 0, 0


def _jpeg(data: bytes) -> tuple[int, int]:
    """Width and height, which stand in the segment that begins a frame."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        if marker == 0xFF:  # filled up
            at += 1
        else:
            at += 2 if 0xD0 <= marker <= 0xD8 else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0
