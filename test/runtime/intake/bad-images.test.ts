import { COLOUR } from './bad-images/colour';
import { KEYED } from './bad-images/keys';
import { LIMITS } from './bad-images/limits';
import { ORIENTATION } from './bad-images/orientation';
import { TRUNCATION } from './bad-images/truncation';
import { TYPES } from './bad-images/types';
import { Walk } from './bad-images/walk';
import { SecondDecoder, openSecondDecoder } from '../../support/second-decoder';

jest.mock('../../../src/runtime/aws/world', () => ({
  awsWorld: () => jest.requireActual<typeof import('../../support/handler-world')>('../../support/handler-world').mockedWorld(),
}));

let decoder: SecondDecoder;
// it may have to be installed first
beforeAll(async () => { decoder = await openSecondDecoder(); }, 300_000);
afterAll(() => decoder.close());

describe.each([
  ['cut files', TRUNCATION], ['types', TYPES], ['colour', COLOUR], ['orientation', ORIENTATION], ['limits', LIMITS], ['keys', KEYED],
] as const)('a batch of a good image, a bad one and another good one: %s', (_theme, cases) => {
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const walk = await Walk.through(one, decoder);
    walk.expectNeighboursDone();
    await walk.expectOutcome();
    walk.expectConservation();
  }, 60_000);
});

test('every case has a name of its own, and there are many', () => {
  const names = [...TRUNCATION, ...TYPES, ...COLOUR, ...ORIENTATION, ...LIMITS, ...KEYED].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(150);
});
