#!/usr/bin/env python3
"""Draws the digits that this example learns: 12 by 12 pixels, a font of 3 by 5 dots, each of 2 by 2 pixels, near the middle, with noise.

Needs nothing but Python. Writes four files in the format of the MNIST database beside itself, compressed by gzip.
"""

import gzip
import pathlib
import random
import struct

SIZE = 12
FONT = [
    "### #.# #.# #.# ###", ".#. ##. .#. .#. ###", "### ..# ### #.. ###", "### ..# .## ..# ###", "#.# #.# ### ..# ..#",
    "### #.. ### ..# ###", "### #.. ### #.# ###", "### ..# .#. .#. .#.", "### #.# ### #.# ###", "### #.# ### ..# ###",
]


def draw(digit, chance):
    """A picture of a digit, row by row."""
    picture = bytearray(chance.randrange(64) for _ in range(SIZE * SIZE))
    rows = FONT[digit].split()
    top, left = chance.randrange(3), chance.randrange(2, 5)
    for y in range(10):
        for x in range(6):
            if rows[y // 2][x // 2] == "#" and chance.random() > 0.06:
                picture[(top + y) * SIZE + left + x] = 150 + chance.randrange(106)
    return picture


def write(name, header, body):
    path = pathlib.Path(__file__).with_name(name)
    path.write_bytes(gzip.compress(header + body, mtime=0))
    print(f"{path.name}: {path.stat().st_size} bytes")


def make(prefix, count, seed):
    chance = random.Random(seed)
    labels = bytes(chance.randrange(10) for _ in range(count))
    images = b"".join(draw(digit, chance) for digit in labels)
    write(f"{prefix}-images.idx.gz", struct.pack(">4B3I", 0, 0, 8, 3, count, SIZE, SIZE), images)
    write(f"{prefix}-labels.idx.gz", struct.pack(">4BI", 0, 0, 8, 1, count), labels)


make("train", 3000, 1)
make("test", 500, 2)
