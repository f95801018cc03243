"""The contract between a project and its processing code, version 1. Copy this file beside your own; it needs nothing but Python."""

import json
import os
import traceback


class Reject(Exception):
    """Raised for a drop that is not to be labeled, with a short reason such as `too-dark` and, if wanted, a sentence for people."""

    def __init__(self, reason, detail=None):
        super().__init__(reason if detail is None else f"{reason}: {detail}")
        self.answer = {"reason": reason} if detail is None else {"reason": reason, "detail": detail[:500]}


class Drop:
    """A drop of this instance's share of the batch."""

    def __init__(self, entry, path):
        self.path = path
        self.file = entry["file"]
        self.image = entry.get("image")
        drop = entry["drop"]
        self.bucket = drop["bucket"]
        self.key = drop["key"]
        self.version = drop["versionId"]
        self.sha256 = drop["sha256"]
        self.priority = drop.get("priority")
        self.pre_label = drop.get("preLabel")


def batch():
    """What is in the batch: a dictionary with `project`, `batch` and `drops`."""
    with open(os.environ["LABELING_BATCH"], encoding="utf-8") as file:
        return json.load(file)


def drops():
    """The drops of this instance. Others of the batch are with other instances."""
    here = {}
    for folder, _, names in os.walk(os.environ["LABELING_DROPS"]):
        here.update((name, os.path.join(folder, name)) for name in names)
    for entry in batch()["drops"]:
        if entry["file"] in here:
            yield Drop(entry, here[entry["file"]])


def output(name):
    """Where an image of that name is to be written: letters, digits, dots, hyphens and underscores, and slashes between folders."""
    path = os.path.join(os.environ["LABELING_OUTPUT"], name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def result_of(**members):
    """The text of a result. What JSON does not know, such as a `Decimal` or NaN, is an error."""
    return json.dumps({"contractVersion": 1, **members}, allow_nan=False)


def run(process):
    """
    Calls `process(drop)` for each drop of this instance, and writes down what becomes of it. The function answers with a list of images,
    each a dictionary with `file` and, if wanted, `name`, `inverseTransform` (six numbers), `priority` (0-9), `preLabel` and `attributes`.
    What it raises, and an answer that is no JSON, is reported for that drop alone: the drop is tried again, and the others go on.
    """
    for drop in drops():
        try:
            try:
                result = result_of(images=process(drop))
            except Reject as reason:
                result = result_of(reject=reason.answer)
        except Exception as error:
            traceback.print_exc()
            result = result_of(error=f"{type(error).__name__}: {error}")
        path = output(f"results/{drop.file}.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            file.write(result)
        os.replace(path + ".part", path)
