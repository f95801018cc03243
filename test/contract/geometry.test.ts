import * as fc from 'fast-check';
import { Affine, applyAffine, compose, Geometry, IDENTITY, invert, Orientation, planGeometry, planTiling, uprightSize } from '../../src/contract/geometry';
import { transformProblems } from '../../src/contract/transform-problems';
import { TransformSpec } from '../../src/contract/transforms';

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

test('contain keeps proportions and pads to the very size', () => {
  expect(plan(400, 100, { kind: 'resize', width: 200, height: 101, fit: 'contain', color: '#ff0000' }).steps).toEqual([
    { kind: 'scale', width: 200, height: 50 }, { kind: 'extend', left: 0, right: 0, top: 25, bottom: 26, color: '#ff0000' },
  ]);
  expect(plan(40, 10, { kind: 'resize', width: 200, height: 100, fit: 'contain' })).toMatchObject({ width: 200, height: 100, inverse: { upright: [1, 0, 0, 1, -80, -45] } });
  expect(plan(40, 10, { kind: 'resize', width: 200, height: 100, fit: 'contain', enlarge: true }).inverse.upright).toEqual([0.2, 0, 0, 0.2, 0, -5]);
});

describe('regions', () => {
  test('are of the image as it is at that step, and clipped to it', () => {
    const mask: TransformSpec = { kind: 'mask', region: { left: 90, top: 40, width: 50, height: 50 } };
    expect(plan(100, 80, mask).steps).toEqual([{ kind: 'mask', color: '#000000', region: { left: 90, top: 40, width: 10, height: 40 } }]);
    expect(plan(100, 80, { kind: 'crop', width: 90, height: 80 }, mask).steps).toHaveLength(1);
    expect(plan(100, 80, { kind: 'blur', sigma: 2, region: { left: 0, top: 80, width: 9, height: 9 } }).steps).toEqual([]);
  });
});

describe('tiles', () => {
  const tiling = (width: number, height: number, ...specs: TransformSpec[]) => {
    const outcome = planTiling({ width, height }, 1, specs);
    if (outcome.kind !== 'tiling') {
      throw new Error(outcome.detail);
    }
    return outcome.tiling;
  };
  const boxes = (edge: 'shift' | 'pad' | 'shrink', width: number, height: number, overlap = 0) =>
    tiling(width, height, { kind: 'tile', width: 40, height: 30, overlap, edge }).tiles
      .map((tile) => `${tile.row},${tile.column}: ${tile.inverse.upright[4]},${tile.inverse.upright[5]} ${tile.width}x${tile.height}`);

  test('lie row by row, with the edge as it was chosen', () => {
    expect(boxes('shift', 100, 50)).toEqual(['0,0: 0,0 40x30', '0,1: 40,0 40x30', '0,2: 60,0 40x30', '1,0: 0,20 40x30', '1,1: 40,20 40x30', '1,2: 60,20 40x30']);
    expect(boxes('shrink', 100, 30)).toEqual(['0,0: 0,0 40x30', '0,1: 40,0 40x30', '0,2: 80,0 20x30']);
    expect(boxes('pad', 100, 30)).toEqual(['0,0: 0,0 40x30', '0,1: 40,0 40x30', '0,2: 80,0 40x30']);
    expect(boxes('shift', 100, 30, 10)).toEqual(['0,0: 0,0 40x30', '0,1: 30,0 40x30', '0,2: 60,0 40x30']);
  });

  test('of an image smaller than one', () => {
    expect([boxes('shift', 10, 20), boxes('shrink', 10, 20), boxes('pad', 10, 20)].flat()).toEqual(['0,0: 0,0 10x20', '0,0: 0,0 10x20', '0,0: 0,0 40x30']);
  });

  test('are transformed further, each by itself', () => {
    const { shared, tiles } = tiling(200, 100, { kind: 'resize', width: 100 }, { kind: 'tile', width: 50, height: 50 }, { kind: 'resize', width: 25 });
    expect(shared).toMatchObject({ width: 100, height: 50, steps: [{ kind: 'scale', width: 100, height: 50 }] });
    expect(tiles.map(({ steps, inverse }) => [steps.length, inverse.upright]))
      .toEqual([[2, [4, 0, 0, 4, 0, 0]], [2, [4, 0, 0, 4, 100, 0]]]);
  });

  test('that are too many, or too small for what follows, are refused', () => {
    const tile: TransformSpec = { kind: 'tile', width: 10, height: 10 };
    expect(planTiling({ width: 320, height: 320 }, 1, [tile])).toEqual({
      kind: 'too-many-images', detail: 'an image of 320x320 gives 1024 tiles of 10x10; 1000 are allowed',
    });
    expect(planTiling({ width: 320, height: 320 }, 1, [tile, { kind: 'crop', width: 11, height: 9 }])).toMatchObject({ kind: 'too-many-images' });
    expect(planTiling({ width: 30, height: 30 }, 1, [tile, { kind: 'crop', width: 11, height: 9 }])).toEqual({
      kind: 'too-small', detail: 'the image is 10x10 where transforms[1] wants 11x9',
    });
    expect(planTiling({ width: 30, height: 30 }, 1, [{ kind: 'crop', width: 40, height: 9 }, tile])).toMatchObject({ kind: 'too-small' });
  });

  test('cover every pixel, neighbours share at least the overlap, and none lies outside', () => {
    const edge = fc.constantFrom('shift' as const, 'pad' as const, 'shrink' as const);
    const small = fc.integer({ min: 1, max: 60 });
    fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), small, small, edge, (length, tile, wanted, edgeOf) => {
      const overlap = Math.min(wanted, Math.floor(tile / 2));
      fc.pre(length / Math.max(1, tile - overlap) < 900);
      const { tiles, columns } = tiling(length, 1, { kind: 'tile', width: tile, height: tile, overlap, edge: edgeOf });
      const spans = tiles.map(({ inverse, steps, width }) => {
        const cut = steps.find((step) => step.kind === 'extract');
        expect(edgeOf === 'pad' ? width : tile).toBe(tile);
        return [inverse.upright[4], cut?.kind === 'extract' ? cut.width : length];
      });
      expect(columns).toBe(spans.length);
      expect(spans[0][0]).toBe(0);
      expect(spans.at(-1)![0] + spans.at(-1)![1]).toBe(length);
      spans.slice(1).forEach(([start], index) => {
        const [before, size] = spans[index];
        expect(start).toBeGreaterThan(before);
        expect(before + size - start).toBeGreaterThanOrEqual(overlap);
      });
    }), { numRuns: 400 });
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
    fit: fc.constantFrom('inside' as const, 'cover' as const, 'fill' as const, 'contain' as const), enlarge: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('pad' as const), width: side, height: side }),
  fc.record({ kind: fc.constant('mask' as const), region: fc.record({ left: fc.nat(300), top: fc.nat(300), width: side, height: side }) }),
  fc.constant({ kind: 'grayscale' as const }),
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
        if (step.kind === 'extend') {
          size = { width: size.width + step.left + step.right, height: size.height + step.top + step.bottom };
        } else if (step.kind === 'extract' || step.kind === 'scale') {
          size = { width: step.width, height: step.height };
        }
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
