import * as fc from 'fast-check';
import { MAX_TRANSFORMS, outputProblems, OutputSpec, transformProblems, TransformSpec } from '../../src/contract/transforms';

const problemsOf = (...specs: object[]) => transformProblems(specs as unknown as TransformSpec[]);

test('accepts the transforms of the documentation', () => {
  expect(problemsOf(
    { kind: 'crop', width: 512, height: 512, top: 10 },
    { kind: 'crop', width: 1, height: 65_500, left: 0, top: 0, tooSmall: 'shrink' },
    { kind: 'resize', width: 2048 },
    { kind: 'resize', height: 10, fit: 'inside', enlarge: true },
    { kind: 'resize', width: 10, height: 10, fit: 'cover' },
    { kind: 'pad', width: 600, height: 600, color: '#2acF59' },
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
  [{ kind: 'resize', width: 10, fit: 'contain' }, "transforms[0].fit is 'contain'; it must be one of inside, cover, fill"],
  [{ kind: 'resize', width: 10, enlarge: 'no' }, "transforms[0].enlarge is 'no'; it must be true or false"],
  [{ kind: 'pad', width: 9, height: 9, color: 'red' }, "transforms[0].color is 'red'; it must be a colour written #rrggbb, such as #2acf59"],
  [{ kind: 'rotate' }, "transforms[0].kind is 'rotate'; it must be one of crop, resize, pad"],
])('%j is refused with the prop, the value and the rule', (spec, message) => {
  expect(problemsOf(spec)).toEqual([message]);
});

test('names the entry and the list that the caller gives', () => {
  const specs = [{ kind: 'pad', width: 9, height: 9 }, { kind: 'pad', width: 0, height: 9 }] as TransformSpec[];
  expect(transformProblems(specs, 'featureEngineering.transforms')).toEqual([expect.stringContaining('featureEngineering.transforms[1].width is 0')]);
});

test('refuses endless lists', () => {
  const specs = Array.from({ length: MAX_TRANSFORMS + 1 }, () => ({ kind: 'pad', width: 9, height: 9 }));
  expect(problemsOf(...specs)).toEqual([expect.stringContaining('transforms has 17 entries; at most 16')]);
});

test('never throws, whatever JSON it is given', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.jsonValue(), fc.record({ kind: fc.constantFrom('crop', 'resize', 'pad'), width: fc.jsonValue() }))), (specs) => {
    expect(Array.isArray(transformProblems(specs as unknown as TransformSpec[]))).toBe(true);
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
