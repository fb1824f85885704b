"""A small convolutional network and its training, in NumPy: two strided convolutions, two dense layers, Adam."""

import numpy as np


class Dense:
    def __init__(self, inputs, outputs, random):
        self.weight = random.normal(0, np.sqrt(2 / inputs), (inputs, outputs)).astype(np.float32)
        self.bias = np.zeros(outputs, np.float32)

    def forward(self, x):
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, grad):
        self.grads = [self.x.T @ grad, grad.sum(axis=0)]
        return grad @ self.weight.T


class Convolution:
    """5x5, stride 2, padding 2; pictures are [N, channels, height, width]."""

    def __init__(self, inputs, outputs, random):
        self.weight = random.normal(0, np.sqrt(2 / (inputs * 25)), (outputs, inputs, 5, 5)).astype(np.float32)
        self.bias = np.zeros(outputs, np.float32)

    def forward(self, x):
        self.padded = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)))
        windows = np.lib.stride_tricks.sliding_window_view(self.padded, (5, 5), axis=(2, 3))[:, :, ::2, ::2]
        n, c, h, w = windows.shape[:4]
        self.columns = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * h * w, c * 25)
        y = self.columns @ self.weight.reshape(len(self.weight), -1).T + self.bias
        return y.reshape(n, h, w, -1).transpose(0, 3, 1, 2)

    def backward(self, grad):
        n, outputs, h, w = grad.shape
        grad = grad.transpose(0, 2, 3, 1).reshape(-1, outputs)
        self.grads = [(grad.T @ self.columns).reshape(self.weight.shape), grad.sum(axis=0)]
        columns = (grad @ self.weight.reshape(outputs, -1)).reshape(n, h, w, -1, 5, 5)
        back = np.zeros_like(self.padded)
        for dy in range(5):
            for dx in range(5):
                back[:, :, dy:dy + 2 * h:2, dx:dx + 2 * w:2] += columns[..., dy, dx].transpose(0, 3, 1, 2)
        return back[:, :, 2:-2, 2:-2]


class Network:
    def __init__(self, random):
        self.layers = [Convolution(1, 12, random), Convolution(12, 24, random), Dense(24 * 7 * 7, 40, random), Dense(40, 10, random)]

    def forward(self, pictures):
        """Scores [N, 10] of pictures [N, 28, 28]; the largest one is the digit."""
        x = pictures[:, None]
        self.active = []
        for layer in self.layers:
            if isinstance(layer, Dense):
                x = x.reshape(len(x), -1)
            x = layer.forward(x)
            if layer is not self.layers[-1]:
                self.active.append(x > 0)
                x = np.maximum(x, 0)
        return x

    def backward(self, grad):
        for layer, active in zip(reversed(self.layers), [None, *reversed(self.active)]):
            if active is not None:
                grad = grad.reshape(active.shape) * active
            grad = layer.backward(grad)

    def train(self, pictures, digits, rates, random, batch=128):
        """One pass over the pictures for each learning rate; yields the loss of each."""
        weights = [array for layer in self.layers for array in (layer.weight, layer.bias)]
        first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
        step = 0
        for rate in rates:
            losses = []
            for chosen in np.array_split(random.permutation(len(digits)), len(digits) // batch):
                scores = self.forward(pictures[chosen])
                scores -= scores.max(axis=1, keepdims=True)
                probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
                rows = np.arange(len(chosen))
                losses.append(-np.log(probabilities[rows, digits[chosen]] + 1e-9).mean())
                probabilities[rows, digits[chosen]] -= 1
                self.backward(probabilities / len(chosen))
                step += 1
                for w, g, m, v in zip(weights, (g for layer in self.layers for g in layer.grads), first, second):
                    m += 0.1 * (g - m)
                    v += 0.001 * (g * g - v)
                    w -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
            yield float(np.mean(losses))

    def accuracy(self, pictures, digits):
        scores = np.concatenate([self.forward(part) for part in np.array_split(pictures, max(1, len(pictures) // 500))])
        return float((scores.argmax(axis=1) == digits).mean())
