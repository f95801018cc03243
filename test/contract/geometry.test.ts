import * as fc from 'fast-check';
import { Affine, applyAffine, compose, Geometry, IDENTITY, invert, Orientation, planGeometry, uprightSize } from '../../src/contract/geometry';
import { transformProblems, TransformSpec } from '../../src/contract/transforms';

const plan = (width: number, height: number, ...specs: TransformSpec[]): Geometry => {
  const outcome = planGeometry({ width, height }, 1, specs);
  if (outcome.kind !== 'geometry') {
    throw new Error(outcome.detail);
  }
  return outcome.geometry;
};
const tooSmall = (width: number, height: number, spec: TransformSpec) => {
  const outcome = planGeometry({ width, height }, 1, [spec]);
  return outcome.kind === 'too-small' ? outcome.detail : undefined;
};

describe('crop', () => {
  const seed: TransformSpec = { kind: 'crop', width: 512, height: 512, top: 10 };

  test('is centred where no place is given', () => {
    expect(plan(800, 601, seed).steps).toEqual([{ kind: 'extract', left: 144, top: 10, width: 512, height: 512 }]);
    expect(plan(515, 601, { kind: 'crop', width: 512, height: 512 }).steps).toEqual([{ kind: 'extract', left: 1, top: 44, width: 512, height: 512 }]);
  });

  test('of the very size of the image changes nothing', () => {
    expect(plan(512, 512, { kind: 'crop', width: 512, height: 512 })).toMatchObject({ steps: [], inverse: { upright: IDENTITY } });
  });

  test.each<[number, number]>([[511, 522], [512, 521], [3, 3]])('refuses an image of %ix%i, which is too small, and says why', (width, height) => {
    expect(tooSmall(width, height, seed)).toBe(`the image is ${width}x${height} where transforms[0] wants 512x512 from row 10`);
    expect(tooSmall(512, 522, seed)).toBeUndefined();
  });

  test('shrinks to what there is', () => {
    expect(plan(300, 200, { ...seed, tooSmall: 'shrink' })).toMatchObject({ width: 300, height: 190 });
    expect(plan(600, 200, { ...seed, tooSmall: 'shrink' }).steps).toEqual([{ kind: 'extract', left: 44, top: 10, width: 512, height: 190 }]);
  });

  test('pads what is missing: around the middle where centred, behind the end where placed', () => {
    const geometry = plan(301, 200, { ...seed, tooSmall: 'pad' });
    expect(geometry).toMatchObject({ width: 512, height: 512 });
    expect(geometry.steps).toEqual([
      { kind: 'extract', left: 0, top: 10, width: 301, height: 190 },
      { kind: 'extend', left: 105, right: 106, top: 0, bottom: 322, color: '#000000' },
    ]);
    expect(applyAffine(geometry.inverse.upright, 105, 0)).toEqual({ x: 0, y: 10 });
  });

  test.each(['pad', 'shrink', 'quarantine'] as const)('that begins behind the image is too small even with %s', (behaviour) => {
    expect(tooSmall(300, 10, { ...seed, tooSmall: behaviour })).toContain('300x10');
  });
});

describe('resize', () => {
  test.each<[string, object, [number, number]]>([
    ['inside both', { width: 2048, height: 2048 }, [2048, 1536]],
    ['inside the width', { width: 1000 }, [1000, 750]],
    ['inside the height', { height: 300 }, [400, 300]],
    ['inside, already', { width: 5000, height: 5000 }, [4000, 3000]],
    ['inside, enlarged', { width: 8000, enlarge: true }, [8000, 6000]],
    ['cover', { width: 500, height: 500, fit: 'cover' }, [500, 500]],
    ['cover, smaller', { width: 4100, height: 1000, fit: 'cover' }, [4000, 1000]],
    ['cover, enlarged', { width: 8000, height: 1000, fit: 'cover', enlarge: true }, [8000, 1000]],
    ['fill', { width: 10, height: 20, fit: 'fill' }, [10, 20]],
    ['fill, smaller', { width: 10, height: 20_000, fit: 'fill' }, [10, 3000]],
    ['to nearly nothing', { width: 1, height: 1 }, [1, 1]],
  ])('%s', (_, spec, [width, height]) => {
    expect(plan(4000, 3000, { kind: 'resize', ...spec } as TransformSpec)).toMatchObject({ width, height });
  });

  test('cover cuts evenly', () => {
    expect(plan(400, 300, { kind: 'resize', width: 100, height: 100, fit: 'cover' }).steps).toEqual([
      { kind: 'scale', width: 133, height: 100 }, { kind: 'extract', left: 16, top: 0, width: 100, height: 100 },
    ]);
  });
});

describe('pad', () => {
  test('puts the image into the middle', () => {
    expect(plan(100, 51, { kind: 'pad', width: 101, height: 60, color: '#ff0000' }).steps).toEqual([
      { kind: 'extend', left: 0, right: 1, top: 4, bottom: 5, color: '#ff0000' },
    ]);
  });

  test('does not cut', () => {
    expect(plan(100, 50, { kind: 'pad', width: 60, height: 80 })).toMatchObject({ width: 100, height: 80 });
  });
});

const side = fc.integer({ min: 1, max: 900 });
const spec: fc.Arbitrary<TransformSpec> = fc.oneof(
  fc.record({
    kind: fc.constant('crop' as const), width: side, height: side,
    left: fc.option(fc.nat(300), { nil: undefined }), top: fc.option(fc.nat(300), { nil: undefined }),
    tooSmall: fc.constantFrom('quarantine' as const, 'pad' as const, 'shrink' as const),
  }),
  fc.record({
    kind: fc.constant('resize' as const), width: side, height: side,
    fit: fc.constantFrom('inside' as const, 'cover' as const, 'fill' as const), enlarge: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('pad' as const), width: side, height: side }),
);
const orientation = fc.integer({ min: 1, max: 8 }) as fc.Arbitrary<Orientation>;

describe('any plan', () => {
  const forEveryPlan = (check: (geometry: Geometry, stored: { width: number; height: number }, orientation: Orientation) => void) => {
    fc.assert(fc.property(side, side, orientation, fc.array(spec, { maxLength: 4 }), (width, height, turn, specs) => {
      fc.pre(transformProblems(specs).length === 0);
      const outcome = planGeometry({ width, height }, turn, specs);
      if (outcome.kind === 'geometry') {
        check(outcome.geometry, { width, height }, turn);
      }
    }), { numRuns: 500 });
  };

  test('comes back to the same point', () => {
    forEveryPlan(({ width, height, inverse }) => {
      for (const back of [inverse.upright, inverse.stored]) {
        for (const [u, v] of [[0, 0], [1, 1], [0.5, 0.5], [0.31, 0.77]]) {
          const there = applyAffine(back, u * width, v * height);
          const again = applyAffine(invert(back), there.x, there.y);
          expect(Math.hypot(again.x - u * width, again.y - v * height)).toBeLessThan(1e-6);
        }
      }
    });
  });

  test('stored and upright agree: their difference is the orientation, which maps the whole image onto itself', () => {
    forEveryPlan(({ inverse }, stored, turn) => {
      const upright = uprightSize(stored, turn);
      const toStored = compose(inverse.stored, invert(inverse.upright));
      const corners = [[0, 0], [upright.width, 0], [0, upright.height], [upright.width, upright.height]].map(([x, y]) => {
        const corner = applyAffine(toStored, x, y);
        return [corner.x, corner.y].map((value) => Math.round(value * 1000) / 1000 + 0).join();
      });
      const { width, height } = stored;
      expect([...corners].sort()).toEqual([[0, 0], [width, 0], [0, height], [width, height]].map(String).sort());
    });
  });

  test('has whole steps inside the image, positive sizes, and survives JSON', () => {
    forEveryPlan((geometry, stored, turn) => {
      let size = uprightSize(stored, turn);
      for (const step of geometry.steps) {
        if (step.kind === 'extract') {
          expect(step.left).toBeGreaterThanOrEqual(0);
          expect(step.top).toBeGreaterThanOrEqual(0);
          expect(step.left + step.width).toBeLessThanOrEqual(size.width);
          expect(step.top + step.height).toBeLessThanOrEqual(size.height);
        }
        size = step.kind === 'extend'
          ? { width: size.width + step.left + step.right, height: size.height + step.top + step.bottom }
          : { width: step.width, height: step.height };
        expect(Number.isInteger(size.width) && Number.isInteger(size.height) && size.width > 0 && size.height > 0).toBe(true);
      }
      expect(size).toEqual({ width: geometry.width, height: geometry.height });
      expect(JSON.parse(JSON.stringify(geometry))).toEqual(geometry);
    });
  });
});

test('a matrix without inverse is an error that names it', () => {
  expect(() => invert([1, 1, 1, 1, 0, 0] as Affine)).toThrow('the matrix 1 1 1 1 0 0 has no inverse');
});
