#!/usr/bin/env python3
"""Writes the seeds of fuzz-decode, fuzz-exif and fuzz-cifar: small, valid, one of a kind.

Needs Pillow (Debian: python3-pil).
"""
import io
import pathlib
import tarfile

from PIL import Image

HERE = pathlib.Path(__file__).parent


def picture(mode):
    pixels = bytes((x * 40 + y * 60 + c * 90) % 256
                   for y in range(9) for x in range(10) for c in range(3))
    return Image.frombytes("RGB", (10, 9), pixels).convert(mode)


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data.tobytes()


def write_pictures(folder):
    folder.mkdir(exist_ok=True)
    for name, mode, options in [
        ("baseline.jpg", "RGB", {"quality": 50, "exif": exif(6)}),
        ("progressive.jpg", "RGB", {"quality": 50, "progressive": True}),
        ("grey.jpg", "L", {"quality": 50}),
        ("cmyk.jpg", "CMYK", {"quality": 50}),
        ("rgb.png", "RGB", {"exif": exif(8)}),
        ("rgba.png", "RGBA", {}),
        ("palette.png", "P", {}),
        ("palette.gif", "P", {}),
        ("rgb.bmp", "RGB", {}),
        ("rgb.tif", "RGB", {}),
        ("lzw.tif", "L", {"compression": "tiff_lzw"}),
        ("lossy.webp", "RGB", {"exif": exif(3)}),
        ("lossless.webp", "RGBA", {"lossless": True}),
    ]:
        picture(mode).save(folder / name, **options)


def write_exif(folder):
    folder.mkdir(exist_ok=True)
    (folder / "orientation").write_bytes(exif(7))
    picture("RGB").save(folder / "chunks.png", exif=exif(8))
    picture("RGB").save(folder / "chunks.webp", exif=exif(3))


def write_archives(folder):
    folder.mkdir(exist_ok=True)
    for mode in ("", ":gz", ":xz"):
        name = "small.tar" + mode.replace(":", ".")
        with tarfile.open(folder / name, "w" + mode, format=tarfile.USTAR_FORMAT) as out:
            for entry, record in [("data_batch_1.bin", bytes(3073)),
                                  ("test.bin", bytes(3074))]:
                info = tarfile.TarInfo(entry)
                info.size = len(record)
                out.addfile(info, io.BytesIO(record))


if __name__ == "__main__":
    write_pictures(HERE / "decode")
    write_exif(HERE / "exif")
    write_archives(HERE / "cifar")
