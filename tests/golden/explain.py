#!/usr/bin/python3
"""Writes explain-*.safetensors: Grad-CAM of every block as PyTorch computes it, for the
networks and pictures of make.py in evaluation mode.

    /usr/bin/python3 tests/golden/explain.py

The logit is that of the class the network believes in. "cam N" is the map of block N,
(h,w), of the first picture; "mean N" the mean of its output over the pixels, the first
channels of it; "exit N", of blocks of the last stage, what the head makes of that mean.
Needs python3-torch; the tests do not.
"""

import os

import numpy as np
import torch
import torch.nn.functional as F

import make

CASES = ("resnet20", "resnet18", "resnet50")


def array(tensor):
    return tensor.detach().numpy().astype(np.float64)


def explain(case, dtype):
    depths, width, bottleneck, shortcut, large, classes, n, h, w = make.CASES[case]
    network = make.ResNet(depths, width, bottleneck, shortcut, large, classes)
    with torch.no_grad():
        make.fill(network, False)
    network = network.to(dtype).eval()
    image = torch.from_numpy(make.picture_batch("images 0", n, h, w)[:1]).to(dtype)
    logits = network(image)
    best = int(logits.argmax())
    logits[0, best].backward()
    result = {"class": np.array([float(best)])}
    for index, block in enumerate(network.blocks()):
        weights = block.out.grad.mean((2, 3), keepdim=True)
        cam = F.relu((weights * block.out).sum(1))[0]
        result["cam %d" % index] = array(cam)
        mean = block.out.mean((2, 3))
        result["mean %d" % index] = array(mean[0, :make.SAMPLES])
        if mean.shape[1] == network.fc.in_features:
            result["exit %d" % index] = array(network.fc(mean)[0])
    return result


def main():
    for case in CASES:
        exact, single = explain(case, torch.float64), explain(case, torch.float32)
        worst = max(np.abs(exact[key] - single[key]).max() / np.abs(exact[key]).max()
                    for key in exact)
        assert worst < 1e-3 / make.MARGIN, (case, worst)
        print(case, "%.1e" % worst, flush=True)
        make.write(os.path.join(make.HERE, "explain-%s.safetensors" % case), exact)


if __name__ == "__main__":
    main()
