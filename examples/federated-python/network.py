"""The models that model.json describes: linear layers with ReLU between them, trained by plain stochastic gradient descent."""

import numpy as np


class Network:
    """A classifier. Its parameters are named like those of a torch.nn.Sequential: '0.weight' [outputs, inputs], '0.bias', '2.weight', ..."""

    def __init__(self, model, parameters):
        self.kinds = [layer["kind"] for layer in model["layers"]]
        self.shape = model["input"]["shape"]
        self.mean = np.array(model["normalization"]["mean"], np.float32)
        self.scale = np.array(model["normalization"]["scale"], np.float32)
        self.classes = model["classes"]
        self.parameters = parameters
        for kind in self.kinds:
            if kind not in ("Linear", "Relu"):
                raise ValueError(f"this client knows no layer {kind!r}")

    def prepare(self, examples):
        """Examples as measured, a row each, normalized."""
        if list(examples.shape[1:]) != self.shape:
            raise ValueError(f"the examples have shape {list(examples.shape[1:])}, the model takes {self.shape}")
        return (examples.reshape(len(examples), -1).astype(np.float32) - self.mean) * self.scale

    def train(self, examples, labels, epochs, batch_size, rate, random):
        """Goes over the examples, each time in another order."""
        inputs = self.prepare(examples)
        for _ in range(epochs):
            order = random.permutation(len(inputs))
            for start in range(0, len(order), batch_size):
                batch = order[start : start + batch_size]
                self._step(inputs[batch], labels[batch], rate)

    def accuracy(self, examples, labels):
        """The part of the examples whose likeliest class is theirs."""
        return float(np.mean(self._forward(self.prepare(examples))[-1].argmax(axis=1) == labels))

    def _forward(self, inputs):
        """What goes into each layer, and what comes out of the last."""
        passed = [inputs]
        for index, kind in enumerate(self.kinds):
            x = passed[-1]
            passed.append(np.maximum(x, 0) if kind == "Relu" else x @ self.parameters[f"{index}.weight"].T + self.parameters[f"{index}.bias"])
        return passed

    def _step(self, inputs, labels, rate):
        passed = self._forward(inputs)
        logits = passed.pop()
        # The slope of the mean cross-entropy at the logits: probabilities, less one at the right class.
        slope = np.exp(logits - logits.max(axis=1, keepdims=True))
        slope /= slope.sum(axis=1, keepdims=True)
        slope[np.arange(len(labels)), labels] -= 1
        slope /= len(labels)
        for index in reversed(range(len(self.kinds))):
            x = passed[index]
            if self.kinds[index] == "Relu":
                slope = slope * (x > 0)
                continue
            weight, bias = self.parameters[f"{index}.weight"], self.parameters[f"{index}.bias"]
            back = slope @ weight
            weight -= rate * (slope.T @ x)
            bias -= rate * slope.sum(axis=0)
            slope = back
