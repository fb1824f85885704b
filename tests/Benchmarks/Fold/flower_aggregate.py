"""Flower's FedAvg on NumPy arrays: `aggregate`, and `aggregate_inplace`, the newer one that needs less memory.

Arguments: number of updates, rounds. Prints one line of JSON: best seconds, elements, and the sum of the result's elements.
The updates are a ResNet-152's, of the elements that Updates.cs computes: once as the one array that Hearth folds, once layer by layer. Layers are
so small that NumPy's intermediate results stay in the caches of a large processor.
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
    size = sum(int(np.prod(shape)) for shape in shapes())
    bits = (np.arange(size, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(update * 40503)) >> np.uint32(7)
    return (bits.astype(np.int32) - (1 << 24)).astype(np.float32) * np.float32(2.0**-28)


def split(update):
    layers, start = [], 0
    for shape in shapes():
        size = int(np.prod(shape))
        layers.append(update[start : start + size].reshape(shape))
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
    whole = [([make(update)], 100 + 37 * update) for update in range(count)]
    layered = [(split(update[0]), examples) for update, examples in whole]
    result = aggregate(whole)
    total, elements = float(result[0].sum(dtype=np.float64)), result[0].size
    del result
    figures = {"elements": elements, "sum": total}
    # The last one writes to its input; the time does not depend on the values.
    for name, run, results in [
        ("seconds", aggregate, whole),
        ("layersSeconds", aggregate, layered),
        ("inplaceLayersSeconds", aggregate_inplace, layered),
    ]:
        figures[name] = min(measure(run, results) for _ in range(rounds))
    print(json.dumps(figures))


def measure(run, results):
    started = time.perf_counter()
    run(results)
    return time.perf_counter() - started


main()
