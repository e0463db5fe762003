#!/usr/bin/python3
"""Writes checkpoints of whole networks, as other people name and wrap them, into networks/.

Every tensor is a view of one short storage that shows a single number as a whole shape, so
the files stay small though PyTorch wrote them: tensor i of a file is i / 64 everywhere.
The archives are packed again with compression. Needs python3-torch; the tests do not.
"""

import collections
import pathlib
import sys
import zipfile

import torch

OUT = pathlib.Path(__file__).with_name("networks")



class Names:
    """Collects (name, shape) in the order of a module's state dict."""

    def __init__(self, counters=True):
        self.list = []
        self.counters = counters

    def add(self, name, *shape):
        self.list.append((name, shape))

    def norm(self, name, channels):
        for part in ("weight", "bias", "running_mean", "running_var"):
            self.add(f"{name}.{part}", channels)
        if self.counters:
            self.add(f"{name}.num_batches_tracked")


def network(depths, width, bottleneck=False, stem=7, classes=1000, projection="downsample",
            head="fc", counters=True, groups=1, base=64, deep_stem=False, average=False,
            squeeze=False, conv_head=False):
    names = Names(counters)
    if deep_stem:
        for i, (k, c) in enumerate([(width // 2, 3), (width // 2, width // 2),
                                    (width, width // 2)]):
            names.add(f"conv1.{3 * i}.weight", k, c, 3, 3)
            if i < 2:
                names.norm(f"conv1.{3 * i + 1}", k)
    else:
        names.add("conv1.weight", width, 3, stem, stem)
    names.norm("bn1", width)
    channels = width
    for stage, depth in enumerate(depths):
        planes = width << stage
        out = planes * (4 if bottleneck else 1)
        inner = planes * base // 64 * (groups if groups > 1 else 1)
        for i in range(depth):
            block = f"layer{stage + 1}.{i}"
            if bottleneck:
                names.add(f"{block}.conv1.weight", inner, channels, 1, 1)
                names.norm(f"{block}.bn1", inner)
                names.add(f"{block}.conv2.weight", inner, inner // groups, 3, 3)
                names.norm(f"{block}.bn2", inner)
                names.add(f"{block}.conv3.weight", out, inner, 1, 1)
                names.norm(f"{block}.bn3", out)
            else:
                names.add(f"{block}.conv1.weight", planes, channels, 3, 3)
                names.norm(f"{block}.bn1", planes)
                names.add(f"{block}.conv2.weight", planes, planes, 3, 3)
                names.norm(f"{block}.bn2", planes)
            if squeeze:
                names.add(f"{block}.se.fc1.weight", out // 16, out, 1, 1)
            if projection and i == 0 and (channels != out or stage > 0):
                names.add(f"{block}.{projection}.{int(average)}.weight", out, channels, 1, 1)
                names.norm(f"{block}.{projection}.{1 + int(average)}", out)
            channels = out
    names.add(f"{head}.weight", classes, channels, *([1, 1] if conv_head else []))
    names.add(f"{head}.bias", classes)
    return names.list


def state(names, prefix="", dtype=torch.float32):
    storage = torch.arange(len(names), dtype=torch.float32).div(64).to(dtype)
    result = collections.OrderedDict()
    for i, (name, shape) in enumerate(names):
        if name.endswith("num_batches_tracked"):
            result[prefix + name] = torch.tensor(0)
        else:
            result[prefix + name] = storage[i].expand(shape)
    return result


def deflate(path):
    with zipfile.ZipFile(path) as old:
        entries = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, data in entries:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)


def save(name, value):
    path = OUT / name
    torch.save(value, path)
    deflate(path)


def main():
    OUT.mkdir(exist_ok=True)
    eighteen, fifty = [2, 2, 2, 2], [3, 4, 6, 3]
    torchvision = state(network(eighteen, 64))
    save("torchvision-resnet18.pth", torchvision)
    # What torchvision's training script leaves, and PyTorch's ImageNet example: the best
    # accuracy is a tensor beside the weights.
    save("training-resnet18.pth", {
        "epoch": 89, "arch": "resnet18", "best_acc1": torch.tensor(69.75),
        "state_dict": {"module." + k: v for k, v in torchvision.items()},
        "optimizer": {"state": {}, "param_groups": []},
    })
    save("average-resnet18.pth", {
        "model": {"_orig_mod." + k: v for k, v in torchvision.items()},
        "model_ema": {"n_averaged": torch.tensor(5),
                      **state(network(eighteen, 64), "module.")},
        "args": None, "epoch": 3,
    })
    save("ema-only-resnet18.pth", {
        "state_dict_ema": {"n_averaged": torch.tensor(5),
                           **{"module." + k: v for k, v in torchvision.items()}}})
    save("half-resnet50.pth", state(network(fifty, 64, True, counters=False),
                                    dtype=torch.float16))
    save("bfloat16-resnet18.pth", state(network(eighteen, 64, conv_head=True),
                                        dtype=torch.bfloat16))
    save("akamaster-resnet20.pth", {"best_prec1": 91.7, "state_dict": state(
        network([3, 3, 3], 16, stem=3, classes=10, projection=None, head="linear",
                counters=False), "module.")})
    save("chenyaofo-resnet20.pth", state(network([3, 3, 3], 16, stem=3, classes=10)))
    save("kuangliu-resnet18.pth", {"net": state(
        network(eighteen, 64, stem=3, classes=10, projection="shortcut", head="linear"),
        "module."), "acc": 95.0, "epoch": 200})
    save("refuse-deep-stem.pth", state(network(eighteen, 64, deep_stem=True, average=True)))
    save("refuse-average.pth", state(network(eighteen, 64, average=True)))
    save("refuse-resnext50.pth", state(network(fifty, 64, True, groups=32, base=4)))
    save("refuse-wide-resnet50.pth", state(network(fifty, 64, True, base=128)))
    save("refuse-squeeze.pth", state(network(eighteen, 64, squeeze=True)))
    save("refuse-vgg.pth", state([("features.0.weight", (64, 3, 3, 3)),
                                  ("classifier.6.bias", (1000,))]))
    print("PyTorch", torch.__version__, file=sys.stderr)


main()
