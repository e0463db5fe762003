#!/usr/bin/env python3
"""Holds our ONNX files to the format's own checker and to onnxruntime.

    SKIPSCOPE_ONNX_DIR=DIR build-tests/tests/golden/test-onnx
    tests/golden/onnx_runtime.py DIR

needs onnx, onnxruntime and safetensors (PyPI). The tests do not need Python: they read
the files back with an interpreter of their own. Prints the largest difference of logits
against the largest logit, and fails where it passes 1e-4.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

TOLERANCE = 1e-4


def compare(path, numbers):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    pictures = numbers["pictures"]
    error = 0.0
    for n in sorted({1, len(pictures)}):  # any number of pictures at once
        got = session.run(["logits"], {"input": pictures[:n]})[0]
        want = numbers["logits"][:n]
        error = max(error, float(np.abs(got - want).max() / np.abs(want).max()))
    return error


def main():
    folder = pathlib.Path(sys.argv[1])
    worst = 0.0
    for path in sorted(folder.glob("*.onnx")):
        net = path.stem.removesuffix("-folded")
        error = compare(path, load_file(folder / f"{net}.safetensors"))
        worst = max(worst, error)
        print(f"{path.name:28} {error:.1e}")
    sys.exit(worst > TOLERANCE)


if __name__ == "__main__":
    main()
