"""A small network that is laid out as EfficientNet-Lite0 is."""

import numpy as np


def small_weights():
    """A network of three blocks: without expansion, with a stride and a reach of 5, residual."""
    rng = np.random.default_rng(0)
    weights = {}

    def conv(name, norm, out, into, reach):
        shape = (out, into, reach, reach)
        weights[f"{name}.weight"] = rng.normal(0, 0.3, shape).astype(np.float32)
        for part, low, high in (
            ("weight", 0.5, 1.5), ("bias", 0.0, 1.0),
            ("running_mean", -1.0, 1.0), ("running_var", 0.5, 2.0),
        ):  # fmt: skip
            weights[f"{norm}.{part}"] = rng.uniform(low, high, out).astype(np.float32)

    conv("_conv_stem", "_bn0", 8, 3, 3)
    for index, into, out, reach in ((0, 8, 4, 3), (1, 4, 6, 5), (2, 6, 6, 5)):
        block = f"_blocks.{index}."
        if index:
            conv(f"{block}_expand_conv", f"{block}_bn0", 2 * into, into, 1)
            into *= 2
        conv(f"{block}_depthwise_conv", f"{block}_bn1", into, 1, reach)
        conv(f"{block}_project_conv", f"{block}_bn2", out, into, 1)
    conv("_conv_head", "_bn1", 16, 6, 1)
    return weights
