"""Crops photographs with Pillow, and lets the example's function do the same.

Arguments: the folder of the function's code, a folder of photographs, and one for the results: `<name>.reference.png`, the seed's own
crop without loss, and what the function answers as `<name>.answer.json`, with the image that it wrote as `<name>.hook.jpg`.
"""

import json
import pathlib
import sys
import types

from PIL import Image, ImageOps

code, photos, results = map(pathlib.Path, sys.argv[1:])


class Body:
    def __init__(self, data):
        self.data = data

    def read(self):
        return self.data


class Storage:
    written = {}

    def get_object(self, Bucket, Key, VersionId=None):
        return {"Body": Body((photos / Key).read_bytes())}

    def put_object(self, Bucket, Key, Body, ContentType):
        self.written[Key] = Body


storage = Storage()
sys.modules["boto3"] = types.SimpleNamespace(client=lambda *_, **__: storage)
sys.path.insert(0, str(code))

import crop  # noqa: E402

for photo in sorted(photos.iterdir()):
    with Image.open(photo) as stored:
        image = ImageOps.exif_transpose(stored)
        left = (image.width - 512) // 2
        if image.width >= 512 and image.height >= 522:
            image.convert("RGB").crop((left, 10, left + 512, 522)).save(results / f"{photo.name}.reference.png")
    answer = crop.handler(
        {
            "contractVersion": 1,
            "source": {"bucket": "drop", "key": photo.name},
            "output": {"bucket": "input", "prefix": "staging/0a/1/"},
        },
        None,
    )
    (results / f"{photo.name}.answer.json").write_text(json.dumps(answer))
    for image in answer.get("images", []):
        (results / f"{photo.name}.hook.jpg").write_bytes(storage.written[image["key"]])

try:
    crop.handler({"contractVersion": 2}, None)
    sys.exit("a version that is not known was taken")
except ValueError:
    pass
