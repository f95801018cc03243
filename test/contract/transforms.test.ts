import * as fc from 'fast-check';
import { outputProblems, renditionProblems, transformProblems } from '../../src/contract/transform-problems';
import { MAX_TRANSFORMS, OutputSpec, RenditionSpec, TransformSpec } from '../../src/contract/transforms';

const problemsOf = (...specs: object[]) => transformProblems(specs as unknown as TransformSpec[]);

test('accepts the transforms of the documentation', () => {
  expect(problemsOf(
    { kind: 'crop', width: 512, height: 512, top: 10 },
    { kind: 'crop', width: 1, height: 65_500, left: 0, top: 0, tooSmall: 'shrink' },
    { kind: 'resize', width: 2048 },
    { kind: 'resize', height: 10, fit: 'inside', enlarge: true },
    { kind: 'resize', width: 10, height: 10, fit: 'cover' },
    { kind: 'pad', width: 600, height: 600, color: '#2acF59' },
    { kind: 'resize', width: 10, height: 10, fit: 'contain', color: '#808080' },
    { kind: 'auto-level' }, { kind: 'auto-level', cutoff: 0.5 }, { kind: 'grayscale' }, { kind: 'sharpen' }, { kind: 'blur', sigma: 3 },
    { kind: 'mask', region: { left: 0, top: 0, width: 10, height: 10 } },
    { kind: 'tile', width: 512, height: 512, overlap: 64, edge: 'pad', color: '#ffffff' },
  )).toEqual([]);
});

test.each<[object, string]>([
  [{ kind: 'crop', width: -3, height: 512 }, 'transforms[0].width is -3; it must be a whole number from 1 to 65500'],
  [{ kind: 'crop', width: 512, height: 1.5 }, 'transforms[0].height is 1.5; it must be a whole number from 1 to 65500'],
  [{ kind: 'crop', width: 512 }, 'transforms[0].height is undefined; it must be a whole number from 1 to 65500'],
  [{ kind: 'crop', width: 1, height: 1, top: -1 }, 'transforms[0].top is -1; it must be a whole number from 0 to 65500'],
  [{ kind: 'crop', width: 1, height: 1, left: NaN }, 'transforms[0].left is NaN; it must be a whole number from 0 to 65500'],
  [{ kind: 'crop', width: 1, height: 1, tooSmall: 'ignore' }, "transforms[0].tooSmall is 'ignore'; it must be one of quarantine, pad, shrink"],
  [{ kind: 'crop', width: 1, height: 1, x: 4 }, 'transforms[0].x is not known; transforms[0] may have kind, width, height, left, top, tooSmall'],
  [{ kind: 'resize' }, 'transforms[0] has neither width nor height; a resize needs at least one of them'],
  [{ kind: 'resize', width: 10, fit: 'cover' }, "transforms[0].height is missing; fit 'cover' needs both sides: give it, or use fit 'inside'"],
  [{ kind: 'resize', width: 10, fit: 'outside' }, "transforms[0].fit is 'outside'; it must be one of inside, cover, fill, contain"],
  [{ kind: 'resize', width: 10, fit: 'contain' }, "transforms[0].height is missing; fit 'contain' needs both sides: give it, or use fit 'inside'"],
  [
    { kind: 'resize', width: 10, color: '#000000' },
    "transforms[0].color is '#000000' but transforms[0].fit is 'inside', which pads nothing: use fit 'contain', or leave the colour out",
  ],
  [{ kind: 'tile', width: 0, height: 9 }, 'transforms[0].width is 0; it must be a whole number from 1 to 65500'],
  [{ kind: 'tile', width: 9, height: 20, overlap: 5 }, "transforms[0].overlap is 5; it must be a whole number from 0 to 4, half of the tile's smaller side"],
  [{ kind: 'tile', width: 9, height: 9, edge: 'cut' }, "transforms[0].edge is 'cut'; it must be one of shift, pad, shrink"],
  [
    { kind: 'tile', width: 9, height: 9, color: '#000000' },
    "transforms[0].color is '#000000' but transforms[0].edge is 'shift', which fills nothing up: use edge 'pad', or leave the colour out",
  ],
  [{ kind: 'grayscale', weights: 1 }, 'transforms[0].weights is not known; transforms[0] may have kind'],
  [{ kind: 'auto-level', cutoff: 50 }, 'transforms[0].cutoff is 50; it must be a number from 0 to 49'],
  [{ kind: 'sharpen', sigma: 0.1 }, 'transforms[0].sigma is 0.1; it must be a number from 0.3 to 10'],
  [{ kind: 'sharpen', amount: 11 }, 'transforms[0].amount is 11; it must be a number from 0.1 to 10'],
  [{ kind: 'blur' }, 'transforms[0].sigma is undefined; it must be a number from 0.3 to 100'],
  [{ kind: 'blur', sigma: 1, region: { left: 0, top: 0, width: 0, height: 1 } }, 'transforms[0].region.width is 0; it must be a whole number from 1 to 65500'],
  [{ kind: 'mask' }, 'transforms[0].region is undefined; it must have left, top, width and height'],
  [
    { kind: 'mask', region: { left: -1, top: 0, width: 1, height: 1 } },
    'transforms[0].region.left is -1; it must be a whole number from 0 to 65500',
  ],
  [{ kind: 'mask', region: { left: 0, top: 0, width: 1, height: 1 }, color: 'red' }, "transforms[0].color is 'red'; it must be a colour written #rrggbb, such as #2acf59"],
  [{ kind: 'resize', width: 10, enlarge: 'no' }, "transforms[0].enlarge is 'no'; it must be true or false"],
  [{ kind: 'pad', width: 9, height: 9, color: 'red' }, "transforms[0].color is 'red'; it must be a colour written #rrggbb, such as #2acf59"],
  [{ kind: 'rotate' }, "transforms[0].kind is 'rotate'; it must be one of crop, resize, pad, tile, grayscale, auto-level, sharpen, blur, mask"],
])('%j is refused with the prop, the value and the rule', (spec, message) => {
  expect(problemsOf(spec)).toEqual([message]);
});

test('names the entry and the list that the caller gives', () => {
  const specs = [{ kind: 'pad', width: 9, height: 9 }, { kind: 'pad', width: 0, height: 9 }] as TransformSpec[];
  expect(transformProblems(specs, 'featureEngineering.transforms')).toEqual([expect.stringContaining('featureEngineering.transforms[1].width is 0')]);
});

test('refuses a second tile, and more tiles than a drop may give where that can be known', () => {
  const tile = { kind: 'tile', width: 10, height: 10 };
  expect(problemsOf(tile, { kind: 'grayscale' }, tile)).toEqual([expect.stringContaining('transforms[2] is another tile; at most one')]);
  const said = 'makes 10000 tiles of 10x10 of an image of at least 1000x1000; at most 1000';
  expect(problemsOf({ kind: 'crop', width: 1000, height: 1000 }, tile)).toEqual([expect.stringContaining(said)]);
  expect(problemsOf({ kind: 'pad', width: 1000, height: 1000 }, { kind: 'blur', sigma: 1 }, tile)).toEqual([expect.stringContaining(said)]);
  expect(problemsOf({ kind: 'resize', width: 1000, height: 1000, fit: 'contain' }, tile)).toEqual([expect.stringContaining(said)]);
  expect(problemsOf({ kind: 'resize', width: 1000, height: 1000 }, tile)).toEqual([]);
  expect(problemsOf({ kind: 'crop', width: 1000, height: 1000, tooSmall: 'shrink' }, tile)).toEqual([]);
});

test('refuses endless lists', () => {
  const specs = Array.from({ length: MAX_TRANSFORMS + 1 }, () => ({ kind: 'pad', width: 9, height: 9 }));
  expect(problemsOf(...specs)).toEqual([expect.stringContaining('transforms has 17 entries; at most 16')]);
});

test('an object that would not be a text is shown as it is written', () => {
  expect(transformProblems([{ kind: 'crop', width: { toString: false }, height: 8 }] as unknown as TransformSpec[]).join())
    .toContain('{"toString":false}');
});

/** Any JSON, or an object in which some of these names have any. */
function anyJson(names: readonly string[], more: object = {}): fc.Arbitrary<any> {
  const any = Object.fromEntries(names.map((name) => [name, fc.jsonValue()]));
  return fc.oneof(fc.jsonValue(), fc.record({ ...any, ...more }, { requiredKeys: [] }));
}

const anyTransforms = fc.array(anyJson(
  ['width', 'height', 'left', 'top', 'tooSmall', 'fit', 'color', 'enlarge', 'overlap', 'edge', 'cutoff', 'sigma', 'amount', 'region'],
  { kind: fc.constantFrom('crop', 'resize', 'pad', 'tile', 'grayscale', 'auto-level', 'sharpen', 'blur', 'mask') },
));
const anyOutput = fc.record({ format: fc.constantFrom('png', 'jpeg'), quality: fc.jsonValue(), chromaSubsampling: fc.jsonValue(), background: fc.jsonValue() }, { requiredKeys: [] });

test('never throws, whatever JSON it is given', () => {
  fc.assert(fc.property(anyTransforms, anyOutput as fc.Arbitrary<any>, fc.jsonValue() as fc.Arbitrary<any>, (transforms, output, name) => {
    expect(transformProblems(transforms)).toEqual(expect.any(Array));
    expect(outputProblems(output)).toEqual(expect.any(Array));
    expect(renditionProblems([{ name, transforms, output }])).toEqual(expect.any(Array));
  }));
});

describe('output', () => {
  test('accepts what is allowed, also nothing at all', () => {
    const outputs: OutputSpec[] = [{}, { format: 'png' }, { format: 'jpeg', quality: 1, chromaSubsampling: '4:4:4', background: '#000000' }];
    expect(outputs.flatMap((output) => outputProblems(output))).toEqual([]);
  });

  test.each<[object, string]>([
    [{ format: 'webp' }, "output.format is 'webp'; it must be one of auto, jpeg, png"],
    [{ quality: 0 }, 'output.quality is 0; it must be a whole number from 1 to 100'],
    [{ format: 'png', quality: 90 }, "output.quality is 90 but output.format is 'png', which loses nothing: leave the quality out"],
    [{ background: '#fff' }, "output.background is '#fff'; it must be a colour written #rrggbb, such as #2acf59"],
    [{ chromaSubsampling: '4:2:2' }, "output.chromaSubsampling is '4:2:2'; it must be one of auto, 4:4:4, 4:2:0"],
    [{ compression: 3 }, 'output.compression is not known; output may have format, quality, chromaSubsampling, background'],
  ])('%j is refused', (output, message) => {
    expect(outputProblems(output as OutputSpec)).toEqual([message]);
  });
});

describe('renditions', () => {
  const rendition = (name: string, transforms: object[] = []): RenditionSpec =>
    ({ name, transforms: transforms as TransformSpec[], output: {} });

  test('are accepted', () => {
    expect(renditionProblems([rendition('overview'), rendition('a'), rendition('tiles-512', [{ kind: 'tile', width: 512, height: 512 }])])).toEqual([]);
  });

  test.each<[RenditionSpec[], string]>([
    [[], 'renditions has 0 entries; it must have 1 to 8'],
    [Array.from({ length: 9 }, (_, i) => rendition(`n${i}`)), 'renditions has 9 entries; it must have 1 to 8'],
    [[rendition('Big')], "renditions[0].name is 'Big'; it must be 1 to 32 lower-case letters"],
    [[rendition('a-')], "renditions[0].name is 'a-'; it must be 1 to 32"],
    [[rendition('x'.repeat(33))], 'it must be 1 to 32'],
    [[rendition('a'), rendition('a')], "renditions[1].name is 'a', as is another one's; names must differ"],
    [[rendition('a', [{ kind: 'crop', width: 0, height: 1 }])], 'renditions[0].transforms[0].width is 0'],
    [[{ ...rendition('a'), output: { quality: 0 } }], 'renditions[0].output.quality is 0'],
  ])('%# are refused', (renditions, message) => {
    expect(renditionProblems(renditions)).toEqual([expect.stringContaining(message)]);
  });
});
