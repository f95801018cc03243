"""What a worker sees in an image: decoding, features, and the same images made again with another library than the product's.

Everything is measured on grids of mean brightness, because those survive a JPEG encoder and another resampling filter, while
another picture, version or orientation changes them by far more than the tolerance.
"""

import hashlib
import io

from PIL import Image, ImageCms, ImageColor, ImageFile, ImageOps

ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = None  # the product has its own limit, and tests of it must reach it

GRID = 16
MASK_GRID = 32
LUMINANCE = (0.299, 0.587, 0.114)


class Undecodable(Exception):
    """The bytes are no complete image."""


class TooSmall(Exception):
    """A crop does not fit into the image."""


def decode(data):
    """The upright picture as a browser shows it: RGB, sRGB, on white where it is transparent."""
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except Exception as error:  # Pillow raises many kinds
        raise Undecodable(f"{type(error).__name__}: {error}") from error
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return to_srgb(image, profile).convert("RGB")


def to_srgb(image, profile):
    if not profile or image.mode not in ("RGB", "L", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # the latter for one that is no profile
        return image  # a profile that fits another kind of image; browsers leave it out too


def transform(image, specs):
    """Crop, resize and pad, as their JSON says."""
    for spec in specs:
        image = TRANSFORMS[spec["kind"]](image, spec)
    return image


def crop(image, spec):
    sides = [("width", "left", image.width), ("height", "top", image.height)]
    start, length, before = zip(*(crop_side(spec, side, first, have) for side, first, have in sides))
    complete = all(got == spec[side] for got, (side, _, _) in zip(length, sides))
    policy = spec.get("tooSmall", "quarantine")
    if min(length) < 1 or (not complete and policy == "quarantine"):
        raise TooSmall(f"{image.width}x{image.height}")
    cut = image.crop((start[0], start[1], start[0] + length[0], start[1] + length[1]))
    if complete or policy == "shrink":
        return cut
    canvas = Image.new("RGB", (spec["width"], spec["height"]))
    canvas.paste(cut, before)
    return canvas


def crop_side(spec, side, first, have):
    """First pixel, number of pixels, and pixels missing before them."""
    if spec.get(first) is not None:
        return spec[first], min(spec[side], have - spec[first]), 0
    length = min(spec[side], have)
    return (have - length) // 2, length, (spec[side] - length) // 2


def resize(image, spec):
    limit = float("inf") if spec.get("enlarge") else 1.0
    across = spec["width"] / image.width if spec.get("width") else float("inf")
    down = spec["height"] / image.height if spec.get("height") else float("inf")
    fit = spec.get("fit", "inside")
    if fit == "fill":
        return scale(image, min(across, limit), min(down, limit))
    ratio = min(max(across, down) if fit == "cover" else min(across, down), limit)
    scaled = scale(image, ratio, ratio)
    if fit != "cover":
        return scaled
    return crop(scaled, {"width": spec["width"], "height": spec["height"], "tooSmall": "shrink"})


def scale(image, across, down):
    size = tuple(max(1, int(side * ratio + 0.5)) for side, ratio in ((image.width, across), (image.height, down)))
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)


def pad(image, spec):
    width, height = max(image.width, spec["width"]), max(image.height, spec["height"])
    canvas = Image.new("RGB", (width, height), ImageColor.getrgb(spec.get("color", "#000000")))
    canvas.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return canvas


TRANSFORMS = {"crop": crop, "resize": resize, "pad": pad}


def means(image, columns, rows):
    """Mean of each cell of a grid, row by row, for each of red, green and blue."""
    bands = [band.convert("F").resize((columns, rows), Image.Resampling.BOX) for band in image.split()]
    return [list(band.get_flattened_data() if hasattr(band, "get_flattened_data") else band.getdata()) for band in bands]


def luminance(bands):
    return [sum(weight * value for weight, value in zip(LUMINANCE, values)) for values in zip(*bands)]


def view(image):
    """All that answers depend on, as JSON."""
    bands = means(image, GRID, GRID)
    return {
        "width": image.width,
        "height": image.height,
        "pixelHash": hashlib.sha256(image.tobytes()).hexdigest(),
        "grid": [[round(value, 2) for value in band] for band in bands],
        "fine": [round(value, 2) for value in luminance(means(image, MASK_GRID, MASK_GRID))],
    }
