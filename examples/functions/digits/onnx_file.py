"""Writes an ONNX file: the few protobuf messages of onnx.proto that a feed-forward model needs, and no package to do it."""

FLOAT = 1  # TensorProto.DataType


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number, value):
    """One protobuf field: an int as varint, anything else length-delimited."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    payload = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def attribute(name, value):
    """AttributeProto of an int or a list of ints."""
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, 2)
    return field(1, name) + b"".join(field(8, item) for item in value) + field(20, 7)


def node(operator, inputs, output, **attributes):
    """NodeProto."""
    return (b"".join(field(1, name) for name in inputs) + field(2, output) + field(3, output) + field(4, operator)
            + b"".join(field(5, attribute(*item)) for item in attributes.items()))


def tensor(name, array):
    """TensorProto of float32."""
    dimensions = b"".join(field(1, size) for size in array.shape)
    return dimensions + field(2, FLOAT) + field(8, name) + field(9, array.astype("<f4").tobytes())


def value_info(name, shape):
    """ValueInfoProto of a float32 tensor; a dimension given as text is free."""
    dimensions = b"".join(field(1, field(2 if isinstance(size, str) else 1, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, FLOAT) + field(2, dimensions)))


def write(path, name, nodes, weights, inputs, outputs, metadata, opset=13):
    """Writes a ModelProto. weights: name -> array; inputs, outputs: name -> shape."""
    graph = (b"".join(field(1, item) for item in nodes) + field(2, name)
             + b"".join(field(5, tensor(*item)) for item in weights.items())
             + b"".join(field(11, value_info(*item)) for item in inputs.items())
             + b"".join(field(12, value_info(*item)) for item in outputs.items()))
    model = (field(1, 7) + field(2, "hearth-examples") + field(7, graph) + field(8, field(1, "") + field(2, opset))
             + b"".join(field(14, field(1, key) + field(2, value)) for key, value in metadata.items()))
    with open(path, "wb") as file:
        file.write(model)
