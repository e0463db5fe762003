#!/usr/bin/python3
"""One epoch of ResNet-20 on CIFAR-10 with crop, flip and normalisation by PyTorch on the CPU.

    torch_epoch.py FOLDER PEER    FOLDER: cifar-10-batches-bin; PEER: the script with the network

Prints the seconds of training, augmentation included, without evaluation.
"""
import importlib.util
import sys
import time

import numpy
import torch
from torch.nn import functional as F

spec = importlib.util.spec_from_file_location("peer", sys.argv[2])
peer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(peer)
torch.set_num_threads(2)
raw = numpy.concatenate([numpy.fromfile(f"{sys.argv[1]}/data_batch_{i}.bin", numpy.uint8)
                         for i in range(1, 6)]).reshape(-1, 3073)
labels = torch.from_numpy(raw[:, 0].astype(numpy.int64))
pictures = F.pad(torch.from_numpy(raw[:, 1:].reshape(-1, 3, 32, 32).copy()), (4, 4, 4, 4))
mean = torch.tensor([0.4914, 0.4822, 0.4465]).view(3, 1, 1)
std = torch.tensor([0.2023, 0.1994, 0.2010]).view(3, 1, 1)
net = peer.build("resnet20")[0].to(memory_format=torch.channels_last)
sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
start = time.perf_counter()
for part in torch.randperm(len(labels)).split(128):
    tops, lefts = torch.randint(0, 9, (2, len(part))).tolist()
    flips = (torch.rand(len(part)) < 0.5).tolist()
    batch = torch.stack([
        pictures[i, :, t:t + 32, l:l + 32].flip(2) if f else pictures[i, :, t:t + 32, l:l + 32]
        for i, t, l, f in zip(part.tolist(), tops, lefts, flips)])
    x = ((batch.float() / 255 - mean) / std).contiguous(memory_format=torch.channels_last)
    sgd.zero_grad(set_to_none=True)
    F.cross_entropy(net(x), labels[part]).backward()
    sgd.step()
print(f"{time.perf_counter() - start:.1f}")
