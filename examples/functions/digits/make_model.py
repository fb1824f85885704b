#!/usr/bin/env python3
"""Makes everything in this folder that a program can make: digits.onnx, its digest in function.yaml, pictures/ and request.json.

Needs Python 3 and NumPy (Debian: apt-get install python3-numpy) and a few minutes. The classifier learns from digits that glyphs.py draws.
Where MNIST's test digits lie in ../shared/data beside the repository, it is measured on them; it never learns from them.
"""

import gzip
import hashlib
import json
import pathlib
import re

import numpy as np

import glyphs
import onnx_file
from network import Network

HERE = pathlib.Path(__file__).resolve().parent
MNIST = HERE.parents[2] / "../shared/data/mnist10k"
LEARNED = 60_000
HELD_OUT = 5_000
RATES = [1e-3] * 6 + [3e-4] * 3 + [1e-4]
PICTURES = ["0-a", "1-a", "2-a", "3-a", "4-a", "4-b", "5-a", "6-a", "7-a", "7-b", "8-a", "9-a"]


def draw(count, seed):
    random = np.random.default_rng(seed)
    digits = random.integers(0, 10, count)
    return glyphs.render(digits, random), digits


def train():
    pictures, digits = draw(LEARNED, seed=1)
    random = np.random.default_rng(2)
    network = Network(random)
    for loss in network.train(pictures, digits, RATES, random):
        print(f"loss {loss:.4f}", flush=True)
    return network


def report(network):
    print(f"accuracy on {HELD_OUT} held-out drawn digits: {network.accuracy(*draw(HELD_OUT, seed=3)):.2%}")
    if MNIST.is_dir():
        pictures = np.frombuffer(gzip.decompress((MNIST / "t10k-images-idx3-ubyte.gz").read_bytes())[16:], np.uint8)
        digits = np.frombuffer(gzip.decompress((MNIST / "t10k-labels-idx1-ubyte.gz").read_bytes())[8:], np.uint8)
        pictures = pictures.reshape(-1, glyphs.SIZE, glyphs.SIZE).astype(np.float32) / 255
        print(f"accuracy on {len(digits)} of MNIST's test digits: {network.accuracy(pictures, digits):.2%}")


def export(network, path):
    first, second, hidden, last = network.layers
    convolution = {"kernel_shape": [5, 5], "strides": [2, 2], "pads": [2, 2, 2, 2]}
    onnx_file.write(
        path,
        name="digits",
        nodes=[
            onnx_file.node("Conv", ["image", "w1", "b1"], "c1", **convolution),
            onnx_file.node("Relu", ["c1"], "r1"),
            onnx_file.node("Conv", ["r1", "w2", "b2"], "c2", **convolution),
            onnx_file.node("Relu", ["c2"], "r2"),
            onnx_file.node("Flatten", ["r2"], "f"),
            onnx_file.node("Gemm", ["f", "w3", "b3"], "d1"),
            onnx_file.node("Relu", ["d1"], "r3"),
            onnx_file.node("Gemm", ["r3", "w4", "b4"], "logits"),
            onnx_file.node("Softmax", ["logits"], "probabilities", axis=1),
        ],
        weights={
            "w1": first.weight, "b1": first.bias, "w2": second.weight, "b2": second.bias,
            "w3": hidden.weight, "b3": hidden.bias, "w4": last.weight, "b4": last.bias,
        },
        inputs={"image": ["N", 1, glyphs.SIZE, glyphs.SIZE]},
        outputs={"probabilities": ["N", 10]},
        metadata={"task": "reads one handwritten digit: image is white on black, 0..1"},
    )


def pin_digest(model, manifest):
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    manifest.write_text(re.sub(r'sha256: "[0-9a-f]{64}"', f'sha256: "{digest}"', manifest.read_text()))


def draw_pictures(folder):
    """Pictures that the model never saw, as binary PGM; named for what they show."""
    folder.mkdir(exist_ok=True)
    drawn = glyphs.render([int(name[0]) for name in PICTURES], np.random.default_rng(10))
    for name, picture in zip(PICTURES, drawn):
        pixels = np.rint(picture * 255).astype(np.uint8)
        (folder / f"{name}.pgm").write_bytes(b"P5\n%d %d\n255\n" % (glyphs.SIZE, glyphs.SIZE) + pixels.tobytes())


def write_request(picture, path):
    """The Open Inference Protocol V2 request that asks for one picture."""
    pixels = np.frombuffer(picture.read_bytes()[-glyphs.SIZE**2:], np.uint8) / 255
    image = {"name": "image", "shape": [1, 1, glyphs.SIZE, glyphs.SIZE], "datatype": "FP32", "data": [round(p, 3) for p in pixels.tolist()]}
    path.write_text(json.dumps({"inputs": [image]}) + "\n")


def main():
    network = train()
    report(network)
    export(network, HERE / "digits.onnx")
    pin_digest(HERE / "digits.onnx", HERE / "function.yaml")
    draw_pictures(HERE / "pictures")
    write_request(HERE / "pictures" / "7-a.pgm", HERE / "request.json")


if __name__ == "__main__":
    main()
