"""Decodes images with another library than the product's.

Standard input: frames of a length (4 bytes, big-endian) and so many bytes. Standard output: one line of JSON for each.
Its first argument is the folder of `pixels.py`, which shows an image as a browser does.
"""

import io
import json
import struct
import sys

sys.path.insert(0, sys.argv[1])

from PIL import ExifTags, Image, ImageCms  # noqa: E402

import pixels  # noqa: E402


def profile_name(profile):
    if not profile:
        return None
    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip()
    except (ImageCms.PyCMSError, OSError):
        return "unreadable"


def facts(data):
    try:
        view = pixels.view(pixels.decode(data))
    except pixels.Undecodable as error:
        return {"ok": False, "error": str(error)}
    image = Image.open(io.BytesIO(data))
    exif = image.getexif()
    return {
        "ok": True,
        "format": image.format,
        "mode": image.mode,
        "storedWidth": image.width,
        "storedHeight": image.height,
        "orientation": exif.get(ExifTags.Base.Orientation, 1),
        "gps": bool(exif.get_ifd(ExifTags.IFD.GPSInfo)) or b"GPSLatitude" in data,
        "profile": profile_name(image.info.get("icc_profile")),
        "frames": getattr(image, "n_frames", 1),
        "width": view["width"],
        "height": view["height"],
        "grid": view["grid"],
    }


def main():
    while True:
        head = sys.stdin.buffer.read(4)
        if len(head) < 4:
            return
        data = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
        try:
            answer = facts(data)
        except Exception as error:  # metadata that this library cannot read is no broken picture, but it is to be seen
            answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
