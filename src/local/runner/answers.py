"""What simulated workers say about an image, and whether an answer is one to a certain image.

An answer is computed from the pixels alone. Checking does not repeat that: it asks whether the answer could have come from
the expected pixels, give or take TOLERANCE.
"""

import base64
import io
import statistics

from PIL import Image, ImageColor

from pixels import GRID, MASK_GRID, luminance

# Levels of 255. JPEG and resampling change the brightness of a cell by less than 1.5, and its colours, of which JPEG keeps
# less, by less than 4. Another picture or orientation changes colours somewhere by 13 and more.
TOLERANCE = 2.5
COLOR_TOLERANCE = 6.0
# Part of the mask that may differ where the brightness is not close to the threshold.
MASK_TOLERANCE = 0.01
# Boxes are drawn into a cell, with a margin on each side that tells a brightness: none for the darkest cell of the image,
# this part of the cell's side for the brightest.
MARGIN = 0.45

# Boxes are drawn around cells of a coarser grid.
BOX_GRID = 8

# Cells whose brightness the margins tell: row and column. Turning or mirroring the image moves them.
CORNERS = ((1, 1), (1, 14), (14, 1), (14, 14))
SIDES = ((2, 6), (6, 13), (13, 9), (9, 2))

BACKGROUND = "#ffffff"
PALETTE = ["#2ca02c", "#1f77b4", "#ff7f0e", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"]


def answer(kind, labels, view, colors=None):
    return ANSWERS[kind](labels, view, colors or [])


def classification(labels, view, _colors):
    columns = strips(view, len(labels))
    return {"kind": "classification", "label": labels[columns.index(max(columns))]}


def verification(labels, view, colors):
    return {**classification(labels, view, colors), "kind": "verification"}


def multi_label(labels, view, _colors):
    columns = strips(view, len(labels))
    mean = sum(columns) / len(columns)
    chosen = [label for label, value in zip(labels, columns) if value >= mean]
    return {"kind": "multi-label", "labels": chosen}


def bounding_box(labels, view, _colors):
    cells = coarse(view)
    columns = strips(view, len(labels))
    boxes = []
    for cell, places, column in [
        (cells.index(max(cells)), CORNERS, columns.index(max(columns))),
        (cells.index(min(cells)), SIDES, columns.index(min(columns))),
    ]:
        left, top, right, bottom = rectangle(cell, view)
        inset = [round(MARGIN * side * part) for side, part in zip((right - left, bottom - top) * 2, contrast(view, places))]
        boxes.append({
            "label": labels[column],
            "left": left + inset[0],
            "top": top + inset[1],
            "width": max(1, right - left - inset[0] - inset[2]),
            "height": max(1, bottom - top - inset[1] - inset[3]),
        })
    return {"kind": "bounding-box", "image": {"width": view["width"], "height": view["height"], "depth": 3}, "boxes": boxes}


def semantic_segmentation(labels, view, colors):
    """Bright is the first class; dark is the second, or the background where there is only one."""
    bright, dark = mask_colors(labels, colors)
    threshold = statistics.median(view["fine"])
    small = Image.new("P", (MASK_GRID, MASK_GRID))
    small.putpalette(bytes(ImageColor.getrgb(dark) + ImageColor.getrgb(bright)))
    small.putdata([int(value >= threshold) for value in view["fine"]])
    file = io.BytesIO()
    small.resize((view["width"], view["height"]), Image.Resampling.NEAREST).save(file, "PNG")
    return {"kind": "semantic-segmentation", "mask": base64.b64encode(file.getvalue()).decode()}


def custom(_labels, view, _colors):
    return {"kind": "custom", "value": {"corners": whole(brightness(view, CORNERS)), "sides": whole(brightness(view, SIDES))}}


ANSWERS = {
    "classification": classification,
    "verification": verification,
    "multi-label": multi_label,
    "bounding-box": bounding_box,
    "semantic-segmentation": semantic_segmentation,
    "custom": custom,
}


def differences(given, labels, view, colors=None):
    """Why an answer cannot be one to this view; empty if it can."""
    return CHECKS[given["kind"]](given, labels, view, colors or [])


def view_differences(seen, expected):
    """Why what a worker saw cannot be the expected picture; empty if it can."""
    sizes = [(one["width"], one["height"]) for one in (seen, expected)]
    if sizes[0] != sizes[1]:
        return ["size %sx%s instead of %sx%s" % (sizes[0] + sizes[1])]
    distance = view_distance(seen, expected)
    return [] if distance <= COLOR_TOLERANCE else [f"colours differ by up to {distance:.1f} levels"]


def view_distance(one, other):
    return max(abs(a - b) for band, same in zip(one["grid"], other["grid"]) for a, b in zip(band, same))


def check_classification(given, labels, view, _colors):
    columns = strips(view, len(labels))
    chosen = columns[labels.index(given["label"])]
    return [] if chosen >= max(columns) - TOLERANCE else [f"class {given['label']}"]


def check_multi_label(given, labels, view, _colors):
    columns = strips(view, len(labels))
    mean = sum(columns) / len(columns)
    return [f"class {label}" for label, value in zip(labels, columns)
            if abs(value - mean) > TOLERANCE and (value > mean) != (label in given["labels"])]


def check_bounding_box(given, labels, view, _colors):
    size = (given["image"]["width"], given["image"]["height"])
    if size != (view["width"], view["height"]):
        return [f"size {size[0]}x{size[1]} instead of {view['width']}x{view['height']}"]
    if len(given["boxes"]) != 2:
        return [f"{len(given['boxes'])} boxes"]
    cells = coarse(view)
    columns = strips(view, len(labels))
    bright, dark = given["boxes"]
    problems = []
    for name, box, places, sign in [("brightest", bright, CORNERS, 1), ("darkest", dark, SIDES, -1)]:
        cell = cell_of(box, view)
        if sign * cells[cell] < max(sign * value for value in cells) - TOLERANCE:
            problems.append(f"{name} cell {cell}")
            continue
        if sign * columns[labels.index(box["label"])] < max(sign * value for value in columns) - TOLERANCE:
            problems.append(f"{name} class {box['label']}")
        problems += [f"{name} margin {index}" for index, off in enumerate(margin_errors(box, cell, places, view)) if off > TOLERANCE]
    return problems


def margin_errors(box, cell, places, view):
    """By how many grey levels each margin is off, beyond what rounding to whole pixels explains."""
    low, high = extremes(view)
    left, top, right, bottom = rectangle(cell, view)
    found = [box["left"] - left, box["top"] - top, right - box["left"] - box["width"], bottom - box["top"] - box["height"]]
    for pixels, side, part in zip(found, (right - left, bottom - top) * 2, contrast(view, places)):
        level = (high - low) / (MARGIN * side)
        yield max(0.0, abs(pixels * level - part * (high - low)) - level / 2)


def check_semantic_segmentation(given, labels, view, colors):
    mask = Image.open(io.BytesIO(base64.b64decode(given["mask"]))).convert("RGB")
    if mask.size != (view["width"], view["height"]):
        return [f"size {mask.width}x{mask.height} instead of {view['width']}x{view['height']}"]
    bright, dark = (ImageColor.getrgb(color) for color in mask_colors(labels, colors))
    threshold = statistics.median(view["fine"])
    wrong = 0
    for index, value in enumerate(view["fine"]):
        centre = ((index % MASK_GRID + 0.5) * mask.width / MASK_GRID, (index // MASK_GRID + 0.5) * mask.height / MASK_GRID)
        color = mask.getpixel(tuple(int(place) for place in centre))
        if color not in (bright, dark):
            return [f"colour {color}"]
        wrong += abs(value - threshold) > TOLERANCE and (color == bright) != (value > threshold)
    part = wrong / len(view["fine"])
    return [] if part <= MASK_TOLERANCE else [f"{part:.0%} of the mask"]


def check_custom(given, labels, view, colors):
    wanted = custom(labels, view, colors)["value"]
    return [f"{name} {index}" for name in wanted for index, (a, b) in enumerate(zip(given["value"][name], wanted[name])) if abs(a - b) > TOLERANCE]


CHECKS = {
    "classification": check_classification,
    "verification": check_classification,
    "multi-label": check_multi_label,
    "bounding-box": check_bounding_box,
    "semantic-segmentation": check_semantic_segmentation,
    "custom": check_custom,
}


def strips(view, count):
    """Mean brightness of `count` columns of equal width."""
    rows = [view["fine"][row * MASK_GRID:(row + 1) * MASK_GRID] for row in range(MASK_GRID)]
    columns = Image.new("F", (MASK_GRID, 1))
    columns.putdata([sum(row[column] for row in rows) / MASK_GRID for column in range(MASK_GRID)])
    scaled = columns.resize((count, 1), Image.Resampling.BOX)
    return [scaled.getpixel((column, 0)) for column in range(count)]


def coarse(view):
    """Brightness of the cells that boxes are drawn around."""
    cells, side = luminance(view["grid"]), GRID // BOX_GRID
    blocks = ((row, column) for row in range(0, GRID, side) for column in range(0, GRID, side))
    return [sum(cells[(row + y) * GRID + column + x] for y in range(side) for x in range(side)) / side ** 2 for row, column in blocks]


def brightness(view, places):
    cells = luminance(view["grid"])
    return [cells[row * GRID + column] for row, column in places]


def contrast(view, places):
    """Brightness of cells between that of the darkest (0) and of the brightest (1) of the image."""
    low, high = extremes(view)
    return [(value - low) / (high - low) for value in brightness(view, places)]


def extremes(view):
    cells = luminance(view["grid"])
    return min(cells), max(max(cells), min(cells) + 1)


def whole(values):
    return [round(value) for value in values]


def rectangle(cell, view):
    row, column = divmod(cell, BOX_GRID)
    return (column * view["width"] // BOX_GRID, row * view["height"] // BOX_GRID,
            (column + 1) * view["width"] // BOX_GRID, (row + 1) * view["height"] // BOX_GRID)


def cell_of(box, view):
    column = int((box["left"] + box["width"] / 2) * BOX_GRID / view["width"])
    row = int((box["top"] + box["height"] / 2) * BOX_GRID / view["height"])
    return min(row, BOX_GRID - 1) * BOX_GRID + min(column, BOX_GRID - 1)


def mask_colors(labels, colors):
    own = [colors[index] if index < len(colors) else PALETTE[index % len(PALETTE)] for index in range(len(labels))]
    return own[0], own[1] if len(own) > 1 else BACKGROUND
