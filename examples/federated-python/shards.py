"""Examples from IDX files, and a part of them for each client."""

import gzip
import pathlib

import numpy as np


def read_idx(path):
    """The array of an IDX file of bytes, plain or gzip."""
    content = pathlib.Path(path).read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is no IDX file of bytes")
    rank = content[3]
    shape = np.frombuffer(content, ">u4", rank, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def take(labels, index, count, alpha, seed):
    """Indices of part `index` of `count`: dealt out evenly, or each class by a draw from a Dirichlet distribution."""
    if alpha == 0:
        return np.arange(index, len(labels), count)
    random = np.random.default_rng(seed)
    parts = [[] for _ in range(count)]
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        cuts = (np.cumsum(random.dirichlet([alpha] * count))[:-1] * len(members)).round().astype(int)
        for part, dealt in zip(parts, np.split(members, cuts)):
            part.extend(dealt)
    return np.sort(np.array(parts[index], int))
