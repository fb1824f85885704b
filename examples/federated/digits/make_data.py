#!/usr/bin/env python3
"""Draws handwritten digits for this example: data/train-*.gz and data/test-*.gz, as MNIST has them (IDX, gzip). Needs NumPy and half a minute."""

import gzip
import pathlib
import struct
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "functions" / "digits"))

import glyphs  # noqa: E402

COUNTS = {"train": 8000, "test": 2000}


def write(path, array):
    header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes(), mtime=0))


def main():
    folder = HERE / "data"
    folder.mkdir(exist_ok=True)
    for seed, (name, count) in enumerate(COUNTS.items(), start=11):
        random = np.random.default_rng(seed)
        digits = random.integers(0, 10, count)
        pictures = glyphs.render(digits, random)
        write(folder / f"{name}-images.gz", np.round(pictures.reshape(count, glyphs.SIZE, glyphs.SIZE) * 255).astype(np.uint8))
        write(folder / f"{name}-labels.gz", digits.astype(np.uint8))
        print(f"{count} digits in {folder / name}-*.gz", flush=True)


if __name__ == "__main__":
    main()
