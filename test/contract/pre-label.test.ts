import * as fc from 'fast-check';
import { Affine, applyAffine, planGeometry, planTiling } from '../../src/contract/geometry';
import { LabelingTaskType } from '../../src/contract/labeling-tasks';
import { PreLabelBox, PRE_LABEL_MAX_CHARACTERS, clipped, mapped, preLabelProblems } from '../../src/contract/pre-label';

const task = (type: LabelingTaskType) => ({ type, labels: [{ name: 'froth' }, { name: 'launder' }, { name: 'old', retired: true }] });
const box = (left: number, top: number, width: number, height: number): PreLabelBox => ({ label: 'froth', left, top, width, height });

test.each<[LabelingTaskType, unknown]>([
  ['ImageMultiClass', { classes: ['froth'] }],
  ['ImageMultiClassMultiLabel', { classes: [] }],
  ['ImageMultiClassMultiLabel', { classes: ['launder', 'froth'] }],
  ['BoundingBox', { boxes: [] }],
  ['BoundingBox', { boxes: [box(-3, 0.5, 20, 10)] }],
])('%s takes %j', (type, value) => {
  expect(preLabelProblems(value, task(type), { width: 100, height: 50 })).toEqual([]);
});

test.each<[LabelingTaskType, unknown, string]>([
  ['SemanticSegmentation', { boxes: [] }, "the pre-label must have one member, the object 'mask', for a task of type SemanticSegmentation; it has: boxes"],
  ['SemanticSegmentation', { mask: { uri: 'mask.png', colors: {} } }, 'mask.uri is "mask.png"; it must be the s3:// address of a PNG'],
  ['SemanticSegmentation', { mask: { uri: 's3://b/m.png', colors: {} } }, 'mask.colors is {}; it must say what each colour means'],
  ['AdjustmentSemanticSegmentation', { mask: { uri: 's3://b/m.png', colors: { froth: 'red' } } }, "mask.colors['froth'] is \"red\"; it must be a colour written #rrggbb"],
  ['VerificationSemanticSegmentation', { mask: { uri: 's3://b/m.png', colors: { foam: '#ff0000' } } }, 'a name in mask.colors is "foam"; it must be one of the labels: froth, launder'],
  ['Custom', { points: [] }, 'the pre-label must have one member, classes, boxes or mask; it has: points'],
  ['BoundingBox', [box(0, 0, 1, 1)], 'the pre-label must be an object'],
  ['BoundingBox', { classes: ['froth'] }, "the pre-label must have one member, the list 'boxes', for a task of type BoundingBox; it has: classes"],
  ['BoundingBox', { boxes: [], score: 1 }, "the pre-label must have one member, the list 'boxes', for a task of type BoundingBox; it has: boxes, score"],
  ['ImageMultiClass', {}, "the pre-label must have one member, the list 'classes', for a task of type ImageMultiClass; it has: none"],
  ['ImageMultiClass', { classes: ['froth', 'launder'] }, 'classes has 2 entries; workers choose one class, so it must have one'],
  ['ImageMultiClass', { classes: ['Froth'] }, 'classes[0] is "Froth"; it must be one of the labels: froth, launder'],
  ['ImageMultiClassMultiLabel', { classes: ['froth', 'froth'] }, 'classes has "froth" twice'],
  ['BoundingBox', { boxes: [{ ...box(0, 0, 1, 1), label: 'old' }] }, 'boxes[0].label is "old"; it must be one of the labels: froth, launder'],
  ['BoundingBox', { boxes: [{ ...box(0, 0, 1, 1), left: '0' }] }, 'boxes[0].left is "0"; it must be a number of pixels'],
  ['BoundingBox', { boxes: [{ ...box(0, 0, 1, 1), score: 1 }] }, "boxes[0] has a member 'score', which boxes do not have"],
  ['BoundingBox', { boxes: [box(0, 0, 0, 4)] }, 'boxes[0] is 0x4; it must have a width and a height'],
  ['BoundingBox', { boxes: [box(100, 0, 4, 4)] }, 'boxes[0] lies outside the image of 100x50'],
  ['BoundingBox', { boxes: [null] }, 'boxes[0] must be an object'],
])('%s refuses %j', (type, value, problem) => {
  expect(preLabelProblems(value, task(type), { width: 100, height: 50 })).toEqual([problem]);
});

test('a pre-label beside which the label of workers would not fit into a line is refused', () => {
  const boxes = Array.from({ length: 1_000 }, (_, i) => box(i, 0, 1, 1));
  expect(preLabelProblems({ boxes }, task('BoundingBox'))[0]).toMatch(new RegExp(`characters; ${PRE_LABEL_MAX_CHARACTERS} are allowed`));
});

const between = (min: number, max: number) => fc.integer({ min, max });
const INSIDE = fc.record({ left: between(0, 379), top: between(0, 279), width: between(1, 20), height: between(1, 20) });

test('a box of the drop lies in each image where its pixels lie, whole pixels within the image, and what of it lies outside is left out', () => {
  fc.assert(fc.property(INSIDE, between(20, 200), between(20, 200), between(50, 400), (place, width, height, scale) => {
    const planned = planTiling({ width: 400, height: 300 }, 1, [{ kind: 'resize', width: scale }, { kind: 'tile', width, height }]);
    if (planned.kind !== 'tiling') {
      return;
    }
    for (const tile of planned.tiling.tiles) {
      const boxes = mapped({ boxes: [{ label: 'froth', ...place }] }, tile.inverse.upright, tile)!.boxes!;
      for (const { left, top, width: w, height: h } of boxes) {
        expect([left, top, w, h].every((value) => Number.isInteger(value))).toBe(true);
        expect(left >= 0 && top >= 0 && left + w <= tile.width && top + h <= tile.height && w > 0 && h > 0).toBe(true);
        const from = applyAffine(tile.inverse.upright, left, top);
        const to = applyAffine(tile.inverse.upright, left + w, top + h);
        const pixel = 400 / planned.tiling.shared.width;
        expect(from.x).toBeGreaterThanOrEqual(place.left - pixel);
        expect(from.y).toBeGreaterThanOrEqual(place.top - pixel);
        expect(to.x).toBeLessThanOrEqual(place.left + place.width + pixel);
        expect(to.y).toBeLessThanOrEqual(place.top + place.height + pixel);
      }
    }
  }));
});

const ANGLE = fc.constantFrom(1, 3, 6, 8) as fc.Arbitrary<1 | 3 | 6 | 8>;

test('a box drawn on an image and mapped to the drop comes back within one pixel, whichever way back the image has', () => {
  fc.assert(fc.property(INSIDE, ANGLE, between(100, 800), (place, orientation, scale) => {
    const planned = planGeometry({ width: 400, height: 300 }, orientation, [{ kind: 'resize', width: scale, enlarge: true }]);
    if (planned.kind !== 'geometry') {
      throw new Error(planned.detail);
    }
    const { width, height, inverse: { stored } } = planned.geometry;
    const drawn = { ...place, left: Math.min(place.left, width - place.width), top: Math.min(place.top, height - place.height) };
    if (drawn.left < 0 || drawn.top < 0) {
      return;
    }
    const a = applyAffine(stored as Affine, drawn.left, drawn.top);
    const b = applyAffine(stored as Affine, drawn.left + drawn.width, drawn.top + drawn.height);
    const onDrop = box(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.abs(a.x - b.x), Math.abs(a.y - b.y));
    const [back] = mapped({ boxes: [onDrop] }, stored, { width, height })!.boxes!;
    expect(Math.abs(back.left - drawn.left)).toBeLessThanOrEqual(1);
    expect(Math.abs(back.top - drawn.top)).toBeLessThanOrEqual(1);
    expect(Math.abs(back.width - drawn.width)).toBeLessThanOrEqual(1);
    expect(Math.abs(back.height - drawn.height)).toBeLessThanOrEqual(1);
  }));
});

test('classes stay as they are', () => {
  expect(mapped({ classes: ['froth'] }, [2, 0, 0, 2, 0, 0], { width: 5, height: 5 })).toEqual({ classes: ['froth'] });
  expect(clipped({ classes: [] }, { width: 5, height: 5 })).toEqual({ classes: [] });
});
