#!/usr/bin/env python3
"""Writes resize.bin: what Pillow's antialiased filters make of patterned pictures.

Needs Pillow (Debian: python3-pil). The tests need only the file. Little-endian int32
width, height, new width, new height, bicubic (0: bilinear), then the new picture's bytes;
until the end.
"""
import pathlib
import struct

from PIL import Image

CASES = [
    (57, 43, 32, 24),
    (300, 200, 48, 32),
    (10, 7, 37, 29),
    (33, 1, 50, 5),
    (64, 64, 32, 32),
    (500, 3, 20, 3),
    (1, 1, 4, 4),
    (341, 256, 40, 30),
]


def pattern(x, y, c):
    """Half noise, half a ramp: the same formula stands in test-transform.c."""
    noise = ((x * 1103 + y * 2741 + c * 977 + 1) * 2654435761) % 2**32 >> 24
    return (noise + (x * 3 + y * 5) % 256) // 2


def main():
    out = bytearray()
    for bicubic, (width, height, new_width, new_height) in [
            (bicubic, case) for bicubic in (0, 1) for case in CASES]:
        pixels = bytes(pattern(x, y, c)
                       for y in range(height) for x in range(width) for c in range(3))
        picture = Image.frombytes("RGB", (width, height), pixels)
        kind = Image.BICUBIC if bicubic else Image.BILINEAR
        picture = picture.resize((new_width, new_height), kind)
        out += struct.pack("<5i", width, height, new_width, new_height, bicubic)
        out += picture.tobytes()
    pathlib.Path(__file__).with_suffix(".bin").write_bytes(out)


if __name__ == "__main__":
    main()
