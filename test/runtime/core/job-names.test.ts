import * as fc from 'fast-check';
import { ChainName, groundTruthQueueName, jobName, jobNumber, queueNameOfArn } from '../../../src/runtime/core/job-names';

const hex = fc.stringMatching(/^[0-9a-f]{8}$/);
const project = fc.stringMatching(/^[a-z0-9](-?[a-z0-9]){0,20}$/);
const chain: fc.Arbitrary<ChainName> = fc.record({ projectName: project, chainId: hex });
const number = fc.integer({ min: 1, max: 999_999_999 });

test('a job\'s number can be read from its name, however the service writes it', () => {
  fc.assert(fc.property(chain, number, (ours, n) => {
    const name = jobName(ours, n);
    expect(jobNumber(ours, name)).toBe(n);
    expect(jobNumber(ours, `labeling-job/${name}`)).toBe(n);
    expect(jobNumber(ours, name.toUpperCase())).toBe(n);
  }));
});

test('names of other chains are not ours, even where one project\'s name contains the other\'s', () => {
  const neighbour = fc.tuple(chain, hex, project).chain(([ours, otherHex, word]) => fc.tuple(fc.constant(ours), fc.constantFrom<ChainName>(
    { projectName: `${ours.projectName}-${ours.chainId}`, chainId: otherHex },
    { projectName: `${ours.projectName}-${word}`, chainId: ours.chainId },
    { projectName: `${word}-${ours.projectName}`, chainId: ours.chainId },
    { projectName: ours.projectName, chainId: otherHex },
  )));
  fc.assert(fc.property(neighbour, number, ([ours, other], n) => {
    fc.pre(jobName(ours, 1) !== jobName(other, 1));
    expect(jobNumber(ours, jobName(other, n))).toBeUndefined();
    expect(jobNumber(other, jobName(ours, n))).toBeUndefined();
  }));
});

test.each(['', 'froth', 'froth-0a1b2c3d-', 'froth-0a1b2c3d-0', 'froth-0a1b2c3d-01', 'froth-0a1b2c3d-1x', 'froth-0a1b2c3d--1', 'froth-0a1b2c3d-1.5',
  'x-froth-0a1b2c3d-1', 'froth-0a1b2c3d-1234567890', ' froth-0a1b2c3d-1'])('%p is no job of ours', (name) => {
  expect(jobNumber({ projectName: 'froth', chainId: '0a1b2c3d' }, name)).toBeUndefined();
});

test('Ground Truth\'s queue has the job\'s name in lower case, and ARNs end with the queue\'s name', () => {
  expect(groundTruthQueueName('Froth-0a1b2c3d-7')).toBe('GroundTruth-froth-0a1b2c3d-7');
  expect(queueNameOfArn('arn:aws:sqs:us-east-1:111122223333:GroundTruth-froth-0a1b2c3d-7')).toBe('GroundTruth-froth-0a1b2c3d-7');
});
