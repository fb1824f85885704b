"""Flower's FedAvg on NumPy arrays: `aggregate`, and `aggregate_inplace`, the newer one that needs less memory.

Arguments: number of updates, rounds. Prints one line of JSON: best seconds of both, elements, and the sum of the result's elements.
The updates are a ResNet-152's, layer by layer, of the elements that Updates.cs computes.
"""

import json
import sys
import time
from functools import partial, reduce

import numpy as np


def shapes():
    """Parameters and statistics of the layers in their order."""
    yield from [(64, 3, 7, 7), (64,), (64,)]
    width = 64
    for blocks, planes in [(3, 64), (8, 128), (36, 256), (3, 512)]:
        for block in range(blocks):
            for shape in [(planes, width, 1, 1), (planes, planes, 3, 3), (4 * planes, planes, 1, 1)]:
                yield from [shape, (shape[0],), (shape[0],)]
            if block == 0:
                yield from [(4 * planes, width, 1, 1), (4 * planes,), (4 * planes,)]
            width = 4 * planes
    yield from [(1000, 2048), (1000,)]


def make(update):
    layers, start = [], 0
    for shape in shapes():
        size = int(np.prod(shape))
        index = np.arange(start, start + size, dtype=np.uint32)
        bits = (index * np.uint32(2654435761) + np.uint32(update * 40503)) >> np.uint32(7)
        layers.append(((bits.astype(np.int32) - (1 << 24)).astype(np.float32) * np.float32(2.0**-28)).reshape(shape))
        start += size
    return layers


def aggregate(results):
    total = sum(examples for _, examples in results)
    weighted = [[layer * examples for layer in layers] for layers, examples in results]
    return [reduce(np.add, updates) / total for updates in zip(*weighted)]


def aggregate_inplace(results):
    total = sum(examples for _, examples in results)
    factors = np.asarray([examples / total for _, examples in results])

    def inplace(x, y, op):
        return op(x, y, out=x) if np.can_cast(y, x.dtype, casting="same_kind") else op(x, np.array(y, x.dtype), out=x)

    params = [inplace(x, factors[0], np.multiply) for x in results[0][0]]
    for i, (layers, _) in enumerate(results[1:], start=1):
        scaled = (inplace(x, factors[i], np.multiply) for x in layers)
        params = [reduce(partial(inplace, op=np.add), updates) for updates in zip(params, scaled)]
    return params


def main():
    count, rounds = int(sys.argv[1]), int(sys.argv[2])
    results = [(make(update), 100 + 37 * update) for update in range(count)]
    best, total = float("inf"), 0.0
    for _ in range(rounds):
        started = time.perf_counter()
        layers = aggregate(results)
        best = min(best, time.perf_counter() - started)
        total = float(sum(layer.sum(dtype=np.float64) for layer in layers))
    best_inplace = float("inf")
    for _ in range(rounds):  # It writes to its input; the time does not depend on the values.
        started = time.perf_counter()
        aggregate_inplace(results)
        best_inplace = min(best_inplace, time.perf_counter() - started)
    elements = sum(layer.size for layer in layers)
    print(json.dumps({"seconds": best, "inplaceSeconds": best_inplace, "elements": elements, "sum": total}))


main()
