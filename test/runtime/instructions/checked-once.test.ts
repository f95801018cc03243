import { publishInstructions } from '../../../src/runtime/instructions/publish';
import { MemoryWorld } from '../../support/memory-world';

const mockLinted = jest.fn();
jest.mock('../../../src/lint/lint', () => {
  const actual = jest.requireActual<typeof import('../../../src/lint/lint')>('../../../src/lint/lint');
  return {
    lintTemplate: (...given: Parameters<typeof actual.lintTemplate>) => {
      mockLinted();
      return actual.lintTemplate(...given);
    },
  };
});

test.each([[undefined], ['site']])('a folder that is published is checked once, with a site or without: %s', async (site) => {
  mockLinted.mockClear();
  const { objects, cloud } = new MemoryWorld();
  ['output', 'site'].forEach((bucket) => cloud.buckets.create(bucket));
  const task = { type: 'BoundingBox', title: 'Parts', description: 'Draw', labels: [{ name: 'screw', description: 'long' }] } as const;
  await publishInstructions(objects, 'output', new Map([['full.md', Buffer.from('# Boxes')]]), task, site);
  expect(mockLinted).toHaveBeenCalledTimes(1);
});
