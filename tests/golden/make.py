#!/usr/bin/python3
"""Makes the golden files: what PyTorch computes for networks whose weights and pictures
are pure functions of their names, so that only results are stored.

    /usr/bin/python3 tests/golden/make.py [CASE…]

needs Debian's python3-torch; the tests that read the files do not. Each case is computed
in float64, which is stored, and in float32, which must agree with it several times better
than the tests' tolerances: otherwise the network is badly conditioned and a test of it
would mean nothing. So the last batch norm of each block is drawn from U(0.1, 0.3), the
others from U(0.7, 1.3); pictures are smooth; rates are small and weight decay is strong.

Gradients need more. Among a million values before a ReLU some lie so near to zero that
rounding decides on which side they fall, and each that falls differently moves a gradient
by up to a hundredth: float32 and float64 differ by as much. The "settled" cases keep
every channel well open or well closed, so that gradients can be compared closely; the
others hold them to a few hundredths.
"""

import json
import os
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = 48  # entries stored of each tensor
GRID = 9  # colours on a picture's side, before stretching
STEPS = 3
MOMENTUM, DECAY = 0.9, 0.3

# What the tests allow, and how many times better float32 has to be.
LOGITS, PARAMETERS, MARGIN = 1e-4, 3e-4, 3.0
GRADIENT_SETTLED, GRADIENT = 3e-4, 3e-2
# A gradient that nearly vanishes because its terms cancel is held to this share of the
# network's longest.
FLOOR = 0.05


# ---- Numbers from names: tests/golden/recipe.c computes the same ----------------------

def fnv1a(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def mix(x):
    """An integer hash of 32 bits, on arrays of uint64."""
    mask = np.uint64(0xFFFFFFFF)
    x = x & mask
    x ^= x >> np.uint64(16)
    x = (x * np.uint64(0x7FEB352D)) & mask
    x ^= x >> np.uint64(15)
    x = (x * np.uint64(0x846CA68B)) & mask
    x ^= x >> np.uint64(16)
    return x


def uniform(name, count):
    """`count` numbers of [0, 1), 24 bits each."""
    index = np.arange(count, dtype=np.uint64)
    start = mix(np.array([fnv1a(name)], dtype=np.uint64))[0]
    return (mix(index + start) >> np.uint64(8)).astype(np.float64) * 2.0**-24


def between(name, count, low, high):
    return (low + (high - low) * uniform(name, count)).astype(np.float32)


def picture_batch(name, n, h, w):
    """(n,3,h,w): GRID × GRID random colours, stretched bilinearly."""
    coarse = 2.0 * uniform(name, n * 3 * GRID**2).reshape(n, 3, GRID, GRID) - 1.0

    def places(size):
        at = np.arange(size) * (GRID - 1.0) / max(size - 1, 1)
        low = np.minimum(at.astype(int), GRID - 2)
        return low, at - low

    y, fy = places(h)
    x, fx = places(w)
    fy, fx = fy[:, None], fx[None, :]
    top = coarse[:, :, y][:, :, :, x] * (1 - fx) + coarse[:, :, y][:, :, :, x + 1] * fx
    low = coarse[:, :, y + 1][:, :, :, x] * (1 - fx) \
        + coarse[:, :, y + 1][:, :, :, x + 1] * fx
    return (top * (1 - fy) + low * fy).astype(np.float32)


def labels_of(name, n, classes):
    return np.floor(uniform(name, n) * classes).astype(np.int64)


def positions(name, count):
    return np.floor(uniform("at " + name, min(SAMPLES, count)) * count).astype(np.int64)


# ---- The networks, with λ on every skip ------------------------------------------------

def conv_bn(c, k, kernel, stride):
    return nn.Conv2d(c, k, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(k)


class Block(nn.Module):
    def __init__(self, c, width, stride, bottleneck, shortcut):
        super().__init__()
        self.shortcut, self.factor = shortcut, 1.0
        if bottleneck:
            self.conv1, self.bn1 = conv_bn(c, width, 1, 1)
            self.conv2, self.bn2 = conv_bn(width, width, 3, stride)
            self.conv3, self.bn3 = conv_bn(width, 4 * width, 1, 1)
        else:
            self.conv1, self.bn1 = conv_bn(c, width, 3, stride)
            self.conv2, self.bn2 = conv_bn(width, width, 3, 1)
        self.bottleneck = bottleneck
        self.k = 4 * width if bottleneck else width
        self.changes = stride != 1 or c != self.k
        self.stride = stride
        if self.changes and shortcut == "B":
            self.downsample = nn.Sequential(*conv_bn(c, self.k, 1, stride))

    def last_bn(self):
        return self.bn3 if self.bottleneck else self.bn2

    def skip(self, x):
        if not self.changes:
            return x
        if self.shortcut == "B":
            return self.downsample(x)
        x = x[:, :, ::self.stride, ::self.stride]
        before = (self.k - x.shape[1]) // 2
        after = self.k - x.shape[1] - before
        return F.pad(x, (0, 0, 0, 0, before, after))

    def forward(self, x):
        # Two names for x, so that autograd keeps the two gradients apart.
        self.x_skip, self.x_branch = x * 1, x * 1
        y = F.relu(self.bn1(self.conv1(self.x_branch)))
        y = self.bn2(self.conv2(y))
        if self.bottleneck:
            y = self.bn3(self.conv3(F.relu(y)))
        self.branch = y
        s = y
        if self.shortcut != "none":
            self.p = self.skip(self.x_skip)
            s = self.factor * self.p + y
        self.s = s
        self.out = F.relu(s)
        for kept in (self.x_skip, self.x_branch, self.out):
            if kept.requires_grad:
                kept.retain_grad()
        return self.out


class ResNet(nn.Module):
    def __init__(self, depths, width, bottleneck, shortcut, large_stem, classes):
        super().__init__()
        self.large_stem = large_stem
        self.conv1, self.bn1 = conv_bn(3, width, 7 if large_stem else 3,
                                       2 if large_stem else 1)
        c = width
        self.names = []
        for stage, depth in enumerate(depths):
            blocks = []
            for i in range(depth):
                block = Block(c, width << stage, 2 if stage and not i else 1, bottleneck,
                              shortcut)
                blocks.append(block)
                c = block.k
                self.names.append("layer%d.%d" % (stage + 1, i))
            setattr(self, "layer%d" % (stage + 1), nn.Sequential(*blocks))
        self.n_stages = len(depths)
        self.fc = nn.Linear(c, classes)

    def blocks(self):
        return [b for s in range(self.n_stages)
                for b in getattr(self, "layer%d" % (s + 1))]

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        if self.large_stem:
            x = F.max_pool2d(x, 3, 2, 1)
        for block in self.blocks():
            x = block(x)
        return self.fc(x.mean((2, 3)))


def norm_values(name, count, last, settled):
    """γ or β of a batch norm; `last` of its block."""
    if name.endswith(".weight"):
        if last:
            return between(name, count, 0.05, 0.15) if settled \
                else between(name, count, 0.1, 0.3)
        return between(name, count, 0.7, 1.0 if settled else 1.3)
    if not settled:
        return between(name, count, -0.2, 0.2)
    open_ = uniform("open " + name, count) < 0.75
    if last:
        return np.where(open_, between(name, count, 0.6, 1.0),
                        between(name, count, -16.0, -14.0))
    return np.where(open_, between(name, count, 4.0, 5.0),
                    between(name, count, -5.0, -4.0))


def fill(network, settled):
    last = set()
    for name, block in zip(network.names, network.blocks()):
        # Without skips nothing would pass a batch norm that is nearly shut.
        if block.shortcut != "none":
            last.add("%s.bn%d" % (name, 3 if block.bottleneck else 2))
    for name, tensor in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        count, shape = tensor.numel(), tuple(tensor.shape)
        if len(shape) == 4:
            bound = np.sqrt(6.0 / (shape[0] * shape[2] * shape[3]))
            values = between(name, count, -bound, bound)
        elif name.startswith("fc."):
            bound = 1.0 / np.sqrt(float(network.fc.in_features))
            values = between(name, count, -bound, bound)
        elif name.endswith("running_var"):
            values = between(name, count, 0.5, 1.5)
        elif name.endswith("running_mean"):
            values = between(name, count, -0.2, 0.2)
        else:
            values = norm_values(name, count, name.rsplit(".", 1)[0] in last, settled)
        tensor.copy_(torch.from_numpy(values.reshape(shape)))


# ---- What is measured ------------------------------------------------------------------

CASES = {
    # name: depths, width, bottleneck, shortcut, large stem, classes, n, h, w
    "resnet20": ([3, 3, 3], 16, False, "A", False, 10, 4, 32, 32),
    "resnet20-b": ([3, 3, 3], 16, False, "B", False, 10, 4, 24, 32),
    "plain20": ([3, 3, 3], 16, False, "none", False, 10, 4, 32, 32),
    "resnet18": ([2, 2, 2, 2], 64, False, "B", True, 7, 6, 96, 80),
    "resnet18-cifar": ([2, 2, 2, 2], 64, False, "B", False, 10, 6, 32, 32),
    "resnet50": ([3, 4, 6, 3], 64, True, "B", True, 5, 6, 96, 96),
    "resnet50-cifar": ([3, 4, 6, 3], 64, True, "B", False, 10, 6, 24, 24),
}

# What is frozen when a trained network is given another task, and how fast the rest learns
# beside the usual rate.
TRUNK = ("stem", "layer1", "layer2")
SCALES = {"layer3": 0.3, "fc": 3.0}

# file: (case, rate, settled, λ differs from block to block, batch norm, frozen groups,
# rates of groups beside the usual one). Batch norm "default" is "train", but "statistics"
# in frozen groups; the others are said of every group, frozen ones too.
VARIATIONS = {
    "resnet20": ("resnet20", 3e-3, False, False, "train", ()),
    "resnet20-b": ("resnet20-b", 3e-3, False, False, "train", ()),
    "resnet18": ("resnet18", 3e-3, False, False, "train", ()),
    "resnet18-cifar": ("resnet18-cifar", 3e-3, False, False, "train", ()),
    "resnet50": ("resnet50", 2e-4, False, False, "train", ()),
    "resnet20-settled": ("resnet20", 3e-4, True, False, "train", ()),
    "plain20-settled": ("plain20", 3e-4, True, False, "train", ()),
    "resnet18-settled": ("resnet18", 3e-4, True, False, "train", ()),
    "resnet50-settled": ("resnet50-cifar", 1e-4, True, False, "train", ()),
    "resnet20-lambda": ("resnet20", 3e-4, True, True, "train", ()),
    "resnet18-lambda": ("resnet18-cifar", 3e-4, True, True, "train", ()),
    "resnet50-lambda": ("resnet50-cifar", 1e-4, True, True, "train", ()),
    "resnet20-affine": ("resnet20", 3e-4, True, False, "affine", ()),
    "resnet20-statistics": ("resnet20", 3e-4, False, False, "statistics", ()),
    "resnet18-frozen": ("resnet18-cifar", 3e-4, True, False, "default",
                        ("stem", "layer1")),
    "transfer-default": ("resnet18-cifar", 3e-4, True, False, "default", TRUNK, SCALES),
    "transfer-train": ("resnet18-cifar", 3e-4, True, False, "train", TRUNK, SCALES),
    "transfer-affine": ("resnet18-cifar", 3e-4, True, False, "affine", TRUNK, SCALES),
    "transfer-statistics": ("resnet18-cifar", 3e-4, False, False, "statistics", TRUNK,
                            SCALES),
}


def group_of(name):
    return name.split(".")[0] if name.startswith(("layer", "fc")) else "stem"


def prepare(network, mode, frozen):
    """Training mode, with the batch-norm mode and what is frozen."""
    network.train()
    for name, module in network.named_modules():
        stays = group_of(name) in frozen
        if isinstance(module, nn.BatchNorm2d):
            if mode == "statistics" or (mode == "default" and stays):
                module.eval()
            if mode == "affine":
                module.weight.requires_grad_(False)
                module.bias.requires_grad_(False)
    for name, parameter in network.named_parameters():
        if group_of(name) in frozen:
            parameter.requires_grad_(False)


def learning_groups(network, rate, scales):
    """The optimiser's parameter groups: what learns, each group at its own rate."""
    groups = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            groups.setdefault(group_of(name), []).append(parameter)
    return [{"params": parameters, "lr": rate * scales.get(group, 1.0)}
            for group, parameters in groups.items()]


def probe(network):
    """(blocks, 7): what SkBlockProbe holds."""
    rows = []
    for block in network.blocks():
        plain = block.shortcut == "none"
        zero = torch.zeros((), dtype=torch.float64)
        res = block.x_branch.grad
        skip = None if plain or res is None else block.x_skip.grad
        out = block.out.grad
        rows.append([
            zero if skip is None else (skip.double() ** 2).sum(),
            zero if res is None else (res.double() ** 2).sum(),
            zero if skip is None else (skip.double() * res.double()).sum(),
            zero if out is None else (out.double() ** 2).sum(),
            (block.branch.double() ** 2).sum(),
            zero if plain else (block.p.double() ** 2).sum(),
            (block.s <= 0).sum().double(),
        ])
    return np.array([[float(v.detach()) for v in row] for row in rows])


def run(variation, dtype):
    case, rate, settled, fade, mode, frozen, *rest = VARIATIONS[variation]
    scales = rest[0] if rest else {}
    depths, width, bottleneck, shortcut, large, classes, n, h, w = CASES[case]
    torch.manual_seed(0)
    network = ResNet(depths, width, bottleneck, shortcut, large, classes)
    with torch.no_grad():
        fill(network, settled)
    network = network.to(dtype)
    if fade:
        for name, block in zip(network.names, network.blocks()):
            block.factor = float(between("lambda " + name, 1, 0.2, 0.9)[0])

    def batch(step):
        images = torch.from_numpy(picture_batch("images %d" % step, n, h, w)).to(dtype)
        labels = torch.from_numpy(labels_of("labels %d" % step, n, classes))
        return images, labels

    result = {}
    network.eval()
    with torch.no_grad():
        result["eval"] = network(batch(0)[0]).numpy()
    prepare(network, mode, frozen)
    optimizer = torch.optim.SGD(learning_groups(network, rate, scales), rate, MOMENTUM,
                                weight_decay=DECAY)
    losses = []
    for step in range(STEPS):
        images, labels = batch(step)
        optimizer.zero_grad()
        logits = network(images)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        losses.append(float(loss))
        if step == 0:
            result["logits"] = logits.detach().numpy().copy()
            result["probes"] = probe(network)
            for name, p in network.named_parameters():
                if p.grad is not None:
                    flat = p.grad.numpy().reshape(-1)
                    result["norm " + name] = np.array([np.linalg.norm(flat)])
                    result["gradient " + name] = flat[positions(name, flat.size)]
        optimizer.step()
    result["losses"] = np.array(losses)
    for name, tensor in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        flat = tensor.numpy().reshape(-1)
        result["after " + name] = flat[positions(name, flat.size)]
    return {key: np.asarray(value, dtype=np.float64) for key, value in result.items()}


# ---- Checking and writing --------------------------------------------------------------

def tolerance(variation, key):
    if key in ("eval", "logits", "losses"):
        return LOGITS / MARGIN
    if key.startswith(("norm", "gradient")):
        return (GRADIENT_SETTLED if VARIATIONS[variation][2] else GRADIENT) / MARGIN
    return PARAMETERS / MARGIN


def check(variation, exact, single):
    """float32 has to be near float64, or the case says nothing."""
    worst = {}
    longest = {kind: max(np.linalg.norm(v) for k, v in exact.items()
                         if k.startswith(kind)) for kind in ("norm", "gradient")}
    for key, value in exact.items():
        if key == "probes":
            continue
        kind = key.split(" ")[0]
        scale = max(np.linalg.norm(value), FLOOR * longest.get(kind, 0.0))
        error = np.linalg.norm(single[key] - value) / (scale or 1.0)
        worst[kind] = max(worst.get(kind, 0.0), error)
        assert error < tolerance(variation, key), (variation, key, error)
    print(variation, {kind: "%.1e" % error for kind, error in worst.items()}, flush=True)


def write(path, tensors):
    """The safetensors container, float32; probes and losses stay float64."""
    header, data = {}, b""
    for name, value in tensors.items():
        wide = name in ("probes", "losses")
        raw = value.astype("<f8" if wide else "<f4").tobytes()
        header[name] = {"dtype": "F64" if wide else "F32", "shape": list(value.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def main():
    torch.set_num_threads(2)
    for variation in sys.argv[1:] or VARIATIONS:
        exact = run(variation, torch.float64)
        check(variation, exact, run(variation, torch.float32))
        # Doubles first, so that every tensor begins at a multiple of its element size.
        order = sorted(exact, key=lambda key: key not in ("probes", "losses"))
        write(os.path.join(HERE, variation + ".safetensors"),
              {key: exact[key] for key in order})


if __name__ == "__main__":
    main()
