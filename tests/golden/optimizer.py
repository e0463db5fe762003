#!/usr/bin/python3
"""Writes optimizer.safetensors: what PyTorch's optimisers do with given gradients.

Two parameters: "a" of 40 values, "b" of 9, kept as one row of 49. Six steps, each with a
rate of its own. In the cases ending in "-frozen", b has no gradient for the first three
steps.  Needs python3-torch; the tests do not.
"""

import json
import pathlib
import struct

import torch

STEPS, A, B = 6, 40, 9
RATES = [0.1, 0.1, 0.05, 0.05, 0.01, 0.01]

CASES = {
    "sgd": (torch.optim.SGD, dict(weight_decay=0.05), 1),
    "momentum": (torch.optim.SGD, dict(momentum=0.9, weight_decay=5e-4), 1),
    "nesterov": (torch.optim.SGD, dict(momentum=0.9, weight_decay=0.05, nesterov=True), 1),
    "adam": (torch.optim.Adam, dict(weight_decay=0.05), 0.1),
    "adamw": (torch.optim.AdamW, dict(weight_decay=0.3), 0.1),
    "momentum-frozen": (torch.optim.SGD, dict(momentum=0.9, weight_decay=0.05), 1),
    "adam-frozen": (torch.optim.Adam, dict(), 0.1),
}


def run(kind, options, scale, start, gradients, frozen):
    a = torch.nn.Parameter(start[:A].clone())
    b = torch.nn.Parameter(start[A:].clone())
    optimizer = kind([a, b], lr=0.1, **options)
    rows = []
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = RATES[step] * scale
        a.grad = gradients[step, :A].clone()
        b.grad = None if frozen and step < 3 else gradients[step, A:].clone()
        optimizer.step()
        rows.append(torch.cat([a.detach(), b.detach()]))
    return torch.stack(rows)


def write(path, tensors):
    header, data = {}, b""
    for name in sorted(tensors):
        raw = tensors[name].contiguous().numpy().tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensors[name].shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    torch.manual_seed(1)
    start = torch.randn(A + B)
    gradients = torch.randn(STEPS, A + B) * 0.3
    tensors = {"start": start, "gradients": gradients}
    for name, (kind, options, scale) in CASES.items():
        tensors[name] = run(
            kind, options, scale, start, gradients, name.endswith("-frozen")
        )
    write(pathlib.Path(__file__).with_name("optimizer.safetensors"), tensors)


main()
