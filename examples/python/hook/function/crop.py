"""Cuts 512 x 512 pixels out of the middle, from row 10 on, and leaves out what is too dark to label."""
import io
import os

import boto3
from PIL import Image, ImageOps, ImageStat

CONTRACT_VERSION = 1
SIDE = 512
TOP = 10
DARK = 8

s3 = boto3.client("s3", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))


def handler(request, _context):
    if request["contractVersion"] != CONTRACT_VERSION:
        raise ValueError(f"version {request['contractVersion']} of the contract is not known here")
    # None stands for what the request leaves out
    place = {name: request["source"].get(member) for name, member in (("Bucket", "bucket"), ("Key", "key"), ("VersionId", "versionId"))}
    body = s3.get_object(**{name: value for name, value in place.items() if value is not None})["Body"].read()
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(body))).convert("RGB")

    if image.width < SIDE or image.height < TOP + SIDE:
        return reject("too-small", f"it is {image.width}x{image.height}")
    left = (image.width - SIDE) // 2
    cut = image.crop((left, TOP, left + SIDE, TOP + SIDE))
    brightness = sum(ImageStat.Stat(cut).mean) / 3
    if brightness < DARK:
        return reject("too-dark", f"its brightness is {brightness:.1f} of 255")

    made = io.BytesIO()
    cut.save(made, "JPEG", quality=92, subsampling=0)
    output = request["output"]
    key = output["prefix"] + "0.jpg"
    s3.put_object(Bucket=output["bucket"], Key=key, Body=made.getvalue(), ContentType="image/jpeg")
    return {
        "contractVersion": CONTRACT_VERSION,
        "images": [
            {
                "key": key,
                "inverseTransform": [1, 0, 0, 1, left, TOP],
                "attributes": {"brightness": round(brightness)},
            }
        ],
    }


def reject(reason, detail):
    return {"contractVersion": CONTRACT_VERSION, "reject": {"reason": reason, "detail": detail}}
