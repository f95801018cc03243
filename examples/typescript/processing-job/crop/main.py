"""Crops each drop: centred from left to right, `--top` rows from above."""

import argparse

import labeling
from PIL import Image, ImageOps

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=512)
parser.add_argument("--height", type=int, default=512)
parser.add_argument("--top", type=int, default=10)
parser.add_argument("--quality", type=int, default=92)
options = parser.parse_args()


def crop(drop):
    image = ImageOps.exif_transpose(Image.open(drop.path))
    profile = image.info.get("icc_profile") if image.mode == "RGB" else None
    image = image.convert("RGB")
    left = (image.width - options.width) // 2
    if left < 0 or options.top + options.height > image.height:
        raise labeling.Reject("too-small", f"{image.width}x{image.height} is too small for the crop")
    name = f"images/{drop.sha256}.jpg"
    box = (left, options.top, left + options.width, options.top + options.height)
    image.crop(box).save(labeling.output(name), quality=options.quality, subsampling=0, icc_profile=profile)
    return [{"file": name, "inverseTransform": [1, 0, 0, 1, left, options.top]}]


labeling.run(crop)
