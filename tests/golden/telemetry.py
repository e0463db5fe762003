#!/usr/bin/python3
"""Writes telemetry.safetensors: what PyTorch says about every residual block of a few
networks at one training step, quantity by quantity, as the program shows them.

    /usr/bin/python3 tests/golden/telemetry.py

Nothing here goes the program's way. The program sums squares while it walks and divides
afterwards; here each quantity is written down as it is defined, on autograd's own
tensors: ∂L/∂x is what autograd accumulated in x, not the sum of the two terms.

The networks are those of make.py, settled, and checked in the same manner: float32 has to
agree with float64. Every second γ of the batch norm that ends a branch is negative, as a
mean of γ would otherwise pass for a mean of |γ|; λ is 0, 0.3 and 1 in turn in the "mixed"
cases, so that skips are cut, faded and whole side by side.
"""

import os

import numpy as np
import torch
import torch.nn.functional as F

import make

# Gradients are small here: so large a step that the update is more than rounding, and decay
# no more than a part of it.
RATE, DECAY = 30.0, 1e-4
LAMBDAS = (0.0, 0.3, 1.0)

# tensor: (case of make.py, λ in turn, frozen groups)
VARIATIONS = {
    "resnet20": ("resnet20", False, ()),
    "resnet20 mixed": ("resnet20", True, ()),
    "resnet20-b mixed": ("resnet20-b", True, ()),
    "plain20": ("plain20", False, ()),
    "resnet18 mixed": ("resnet18", True, ()),
    "resnet18-cifar": ("resnet18-cifar", False, ()),
    "resnet18-cifar frozen": ("resnet18-cifar", False, ("stem", "layer1")),
    "resnet50-cifar": ("resnet50-cifar", False, ()),
    "resnet50-cifar mixed": ("resnet50-cifar", True, ()),
}


def keep_input(block, inputs):
    block.x = inputs[0]
    if block.x.requires_grad:
        block.x.retain_grad()


def rms(tensor):
    return float(torch.sqrt((tensor.double() ** 2).mean()))


def cosine(a, b):
    return float(F.cosine_similarity(a.double().flatten(), b.double().flatten(), 0,
                                     1e-300))


def along(part, whole):
    """The signed share of `part` in `whole`, of which it is a term."""
    return float((part.double() * whole.double()).sum() / (whole.double() ** 2).sum())


def convolutions(block):
    return [m.weight for m in block.modules() if isinstance(m, torch.nn.Conv2d)]


def measure(block, before):
    g, out = block.x.grad, block.out.grad
    skip = block.x_skip.grad if block.shortcut != "none" else None
    res = block.x_branch.grad
    dead = float((block.s <= 0).double().mean())
    branch = rms(block.branch) / rms(block.p) if block.shortcut != "none" else 0.0
    gamma = float(block.last_bn().weight.detach().double().abs().mean())
    after = torch.cat([w.detach().double().flatten() for w in convolutions(block)])
    update = float((after - before).norm() / before.norm())
    if g is None:
        return [0, 0, 0, 0, 0, 0, 0, branch, gamma, update, dead]
    if skip is not None:
        # Autograd added them; were they not its terms, nothing below would mean much.
        assert torch.allclose(skip + res, g, rtol=1e-4, atol=0.0 if g.dtype ==
                              torch.float64 else 1e-7)
    has_skip = skip is not None and float(skip.abs().max()) > 0
    return [rms(g), rms(skip) if has_skip else 0.0, rms(res),
            along(skip, g) if has_skip else 0.0, along(res, g),
            cosine(skip, res) if has_skip else 0.0, rms(g) / rms(out), branch, gamma,
            update, dead]


def run(variation, dtype):
    case, mixed, frozen = VARIATIONS[variation]
    depths, width, bottleneck, shortcut, large, classes, n, h, w = make.CASES[case]
    torch.manual_seed(0)
    network = make.ResNet(depths, width, bottleneck, shortcut, large, classes)
    with torch.no_grad():
        make.fill(network, True)
        for block in network.blocks():
            block.last_bn().weight[1::2] *= -1
    network = network.to(dtype)
    for i, block in enumerate(network.blocks()):
        block.register_forward_pre_hook(keep_input)
        block.factor = LAMBDAS[i % 3] if mixed else 1.0
    make.prepare(network, "default", frozen)
    before = [torch.cat([w.detach().double().flatten() for w in convolutions(block)])
              for block in network.blocks()]
    optimizer = torch.optim.SGD([p for p in network.parameters() if p.requires_grad],
                                RATE, make.MOMENTUM, weight_decay=DECAY)
    images = torch.from_numpy(make.picture_batch("images 0", n, h, w)).to(dtype)
    labels = torch.from_numpy(make.labels_of("labels 0", n, classes))
    F.cross_entropy(network(images), labels).backward()
    optimizer.step()
    return np.array([measure(block, old)
                     for block, old in zip(network.blocks(), before)])


def check(variation, exact, single):
    error = np.abs(single - exact) / np.maximum(np.abs(exact), 1e-30)
    # Shares and cosines are measured against what they could be.
    for column in (3, 4, 5):
        error[:, column] = np.abs(single - exact)[:, column]
    print(variation, " ".join("%.0e" % e for e in error.max(0)), flush=True)
    assert error.max() < make.GRADIENT_SETTLED / make.MARGIN, variation


def main():
    torch.set_num_threads(2)
    tensors = {}
    for variation in VARIATIONS:
        tensors[variation] = run(variation, torch.float64)
        check(variation, tensors[variation], run(variation, torch.float32))
    make.write(os.path.join(make.HERE, "telemetry.safetensors"), tensors)


main()
