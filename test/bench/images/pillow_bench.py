"""The same work as image-worker.ts with Pillow: one process, one thread, orders as lines of JSON on standard input."""
import hashlib
import io
import json
import sys
import time

import PIL
from PIL import Image, ImageOps


def intake(data, work):
    hashlib.sha256(data).hexdigest()
    image = Image.open(io.BytesIO(data))
    kind = image.format
    if work == "fit":
        # lets the JPEG decoder scale, where that is enough
        image.draft(None, (2048, 2048))
    # all of it: a crop alone would accept a file that is cut below it
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    if work == "crop":
        left = (image.width - 512) // 2
        image = image.crop((left, 10, left + 512, 522))
    else:
        image.thumbnail((2048, 2048), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if kind == "PNG":
        image.save(out, "PNG", compress_level=4)
    else:
        image.save(out, "JPEG", quality=92, subsampling="4:2:0")
    return out.getvalue()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def obey(order):
    if order["do"] == "version":
        return {"version": "Pillow " + PIL.__version__}
    data = read(order["path"])
    if order["do"] == "reject":
        try:
            intake(data[: order["length"]], order["work"])
        except Exception:
            return {"rejected": True}
        return {"rejected": False}
    milliseconds = []
    for _ in range(order["times"]):
        start = time.process_time()
        out = intake(data, order["work"])
        milliseconds.append((time.process_time() - start) * 1000)
    return {"milliseconds": milliseconds, "bytes": len(out)}


for line in sys.stdin:
    try:
        answer = obey(json.loads(line))
    except Exception as error:
        answer = {"error": repr(error)}
    print(json.dumps(answer), flush=True)
