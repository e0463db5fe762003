#!/usr/bin/python3
"""Writes small checkpoints in every container of PyTorch into checkpoints/.

Each holds the tensors below under different names, types and layouts, or something that is
to be refused. Element i of a tensor, counted in row-major order, is i / 4 - 3.
Needs python3-torch; the tests do not. With --new it writes only what a later PyTorch
(2.15 wrote the file that is here) lays out otherwise: new.pth.
"""

import argparse
import collections
import io
import os
import pathlib
import pickle
import struct
import sys
import tarfile
import zipfile

import torch

OUT = pathlib.Path(__file__).with_name("checkpoints")


def values(*shape):
    count = 1
    for extent in shape:
        count *= extent
    return (torch.arange(count, dtype=torch.float32) / 4 - 3).reshape(shape)


def plain():
    """Names in torchvision's way, one tensor of each kind that occurs."""
    shared = values(10)
    return collections.OrderedDict(
        [
            ("conv1.weight", values(4, 3, 3, 3).to(memory_format=torch.channels_last)),
            ("bn1.weight", torch.nn.Parameter(values(4))),
            ("bn1.num_batches_tracked", torch.tensor(7)),
            ("half", values(2, 3).half()),
            ("bfloat16", values(2, 3).bfloat16()),
            ("double", values(2, 3).double()),
            ("shared", shared[:4]),
            ("shared.rest", shared[4:].clone()),
            ("shared.view", shared.reshape(2, 5)),
            ("transposed", values(3, 2).reshape(3, 2).t().contiguous().t()),
            ("empty", values(0, 3)),
        ]
    )


class Evil:
    def __reduce__(self):
        return (os.system, ("touch /tmp/skipscope-was-here",))


def write_tar(path, state, parameters=True):
    """The container of 2017, by its description: no PyTorch of today writes it."""
    def dump(value):
        return pickle.dumps(value, protocol=2)

    names = {torch.float32: "FloatStorage", torch.float64: "DoubleStorage"}
    storages, tensors = io.BytesIO(), io.BytesIO()
    storages.write(dump(len(state)))
    tensors.write(dump(len(state)))
    for i, tensor in enumerate(state.values()):
        kind = names[tensor.dtype]
        raw = tensor.contiguous().numpy().tobytes()
        # The class is named, as pickle names it.
        head = (
            b"\x80\x02(J" + struct.pack("<i", 1000 + i) + b"X\x03\0\0\0cpuctorch\n"
            + kind.encode() + b"\nt."
        )
        storages.write(head + struct.pack("<q", tensor.numel()) + raw)
        head = (
            b"\x80\x02(J" + struct.pack("<i", 2000 + i) + b"J"
            + struct.pack("<i", 1000 + i) + b"ctorch\n"
            + kind.replace("Storage", "Tensor").encode() + b"\nt."
        )
        tensors.write(head + struct.pack("<i", tensor.dim()) + b"\x07\0\0\0")
        for extent in list(tensor.shape) + list(tensor.contiguous().stride()):
            tensors.write(struct.pack("<q", extent))
        tensors.write(struct.pack("<q", 0))
    storages.write(dump([]))
    # OrderedDict of name → Parameter with the tensor in its state, or the tensor itself.
    body = b"\x80\x02ccollections\nOrderedDict\n)R("
    for i, name in enumerate(state):
        body += b"X" + struct.pack("<I", len(name)) + name.encode()
        reference = b"X" + struct.pack("<I", 4) + str(2000 + i).encode() + b"Q"
        if parameters and i % 2 == 0:
            body += b"ctorch.nn.parameter\nParameter\n)\x81(" + reference
            body += b"\x88\x89ccollections\nOrderedDict\n)Rtb"
        else:
            body += reference
    body += b"u."
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        parts = [
            ("sys_info", dump({"protocol_version": 1000, "little_endian": True,
                               "type_sizes": {"short": 2, "int": 4, "long": 4}})),
            ("pickle", body),
            ("tensors", tensors.getvalue()),
            ("storages", storages.getvalue()),
        ]
        for name, data in parts:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.pax_headers = {"mtime": "1500000000.5"}
            archive.addfile(info, io.BytesIO(data))


def write_views(path):
    """The stream with a storage that is a part of another, as PyTorch 0.3 wrote it."""
    def text(string):
        return b"X" + struct.pack("<I", len(string)) + string.encode()

    def tensor(view):
        part = b"N" if view is None else b"(" + text(view[0]) + (
            b"J" + struct.pack("<i", view[1]) + b"J" + struct.pack("<i", view[2]) + b"t")
        count = 10 if view is None else view[2]
        return (b"ctorch._utils\n_rebuild_tensor\n((" + text("storage")
                + b"ctorch\nFloatStorage\n" + text("root") + text("cpu") + b"K\x0a"
                + part + b"tQK\0(K" + bytes([count]) + b"t(K\x01ttR")

    state = (b"\x80\x02ccollections\nOrderedDict\n)R(" + text("whole") + tensor(None)
             + text("middle") + tensor(("part", 3, 4)) + b"u.")
    machine = {"protocol_version": 1001, "little_endian": True,
               "type_sizes": {"short": 2, "int": 4, "long": 4}}
    with open(path, "wb") as out:
        for value in (0x1950A86A20F9469CFC6C, 1001, machine):
            out.write(pickle.dumps(value, protocol=2))
        out.write(state + pickle.dumps(["root"], protocol=2))
        out.write(struct.pack("<q", 10) + values(10).numpy().tobytes())


def deflate(source, target):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(
        target, "w", zipfile.ZIP_DEFLATED
    ) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))


def main():
    OUT.mkdir(exist_ok=True)
    state = plain()
    if "--new" in sys.argv:
        torch.save(state, OUT / "new.pth")
        return
    torch.save(state, OUT / "zip.pth")
    deflate(OUT / "zip.pth", OUT / "deflated.pth")
    torch.save(state, OUT / "legacy.pth", _use_new_zipfile_serialization=False)
    wrapped = {
        "epoch": 3,
        "args": argparse.Namespace(lr=0.1, name="x"),
        "optimizer": {"state": {}, "param_groups": [{"lr": 0.1, "betas": (0.9, 0.99)}]},
        "model": {"module." + name: value for name, value in state.items()},
        "best": 91.5,
    }
    torch.save(wrapped, OUT / "wrapped.pth")
    torch.save(wrapped, OUT / "wrapped-legacy.pth", _use_new_zipfile_serialization=False)
    # Later protocols are written by people who choose them.
    torch.save(state, OUT / "protocol-4.pth", pickle_protocol=4)
    old = collections.OrderedDict(
        [("conv1.weight", values(4, 3, 3, 3)), ("bn1.weight", values(4)),
         ("double", values(2, 3).double())]
    )
    # PyTorch reads the tensors back, but no longer a Parameter as it was written then.
    write_tar(OUT / "tar.pth", old, parameters=False)
    back = torch.load(OUT / "tar.pth")
    assert all(torch.equal(back[name], old[name]) for name in old)
    write_tar(OUT / "tar.pth", old)

    write_views(OUT / "views.pth")
    back = torch.load(OUT / "views.pth")
    assert torch.equal(back["middle"], values(10)[3:7])

    model = torch.nn.Sequential(torch.nn.Linear(2, 2))
    torch.save(model, OUT / "refuse-model.pth")
    torch.jit.script(model).save(str(OUT / "refuse-script.pth"))
    torch.save([1, 2, 3], OUT / "refuse-list.pth")
    torch.save({"a": torch.zeros(2, dtype=torch.complex64)}, OUT / "refuse-complex.pth")
    torch.save({"weight": values(2), "evil": Evil()}, OUT / "evil.pth")


main()
