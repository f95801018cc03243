import * as fc from 'fast-check';
import { expectConservation } from '../../support/conservation';
import { HOUR, MINUTE, MemoryProject } from '../../support/memory-project';
import { batchesOf, pngOf, processingProject } from '../../support/processing-project';
import { Trouble, Troubles } from '../../support/trouble';

/**
 * Random histories of a project whose drops go through a pipeline: every call may fail, or be carried out and its answer lost, or
 * be the last one before the process dies; executions are stopped by hand, vanish, fail for a drop or for want of instances, and
 * drops come all the time.
 */
const RUNS = 40;

type Step =
  | { readonly do: 'drop'; readonly text: 'good' | 'crash' | 'error' | 'reject'; readonly trouble?: undefined }
  | { readonly do: 'round'; readonly trouble?: Trouble }
  | { readonly do: 'stop' | 'forget' | 'pause' | 'resume' | 'hour' | 'no-instances'; readonly trouble?: undefined };

const trouble: fc.Arbitrary<Trouble> = fc.record({
  at: fc.nat(90), kind: fc.constantFrom('throw-before' as const, 'throw-after' as const, 'die-before' as const, 'die-after' as const),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('drop' as const), text: fc.constantFrom('good' as const, 'good' as const, 'good' as const, 'crash' as const, 'error' as const, 'reject' as const) }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('round' as const), trouble }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('round' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('stop' as const, 'forget' as const, 'pause' as const, 'resume' as const, 'hour' as const, 'no-instances' as const) }) },
);

/** SageMaker fails so many processing jobs that are due next. */
interface Shortage {
  jobs: number;
}

async function take(project: MemoryProject, troubles: Troubles, shortage: Shortage, one: Step, index: number): Promise<void> {
  const { pipelineSimulator } = project.outside;
  const running = pipelineSimulator.executions().find(({ isOver }) => !isOver);
  switch (one.do) {
    case 'drop': await project.drop(`${one.text}-${index}`, pngOf(`${one.text}-${index}`)); break;
    case 'round': await troubles.during(one.trouble, () => project.round()); break;
    case 'hour': project.clock.advance(HOUR); break;
    case 'no-instances': shortage.jobs += 1; break;
    case 'stop': running && pipelineSimulator.stopByHand(running.arn); break;
    case 'forget': running && pipelineSimulator.forget(running.arn); break;
    default: await project.command(one.do);
  }
  expectConservation(project.outside.table);
  expect(pipelineSimulator.executions().filter(({ isOver }) => !isOver).length).toBeLessThanOrEqual(1);
}

async function settle(project: MemoryProject): Promise<void> {
  await project.command('resume');
  for (let i = 0; i < 200 && (i === 0 || project.outside.cloud.buckets.peekKeys('drop').length > 0); i += 1) {
    if (i % 40 === 0) {
      // a drop that works shows that the code does: without any, nobody is blamed
      await project.drop(`good-last-${i}`, pngOf(`good-last-${i}`));
    }
    await project.round(i < 40 ? 2 * MINUTE : 20 * MINUTE);
  }
  await project.finish();
}

test('nothing is lost, paid for twice, blamed for another, or processed by two executions at once', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 25, size: 'max' }), fc.boolean(), async (steps, uploadsAfterFailure) => {
    const troubles = new Troubles();
    const shortage: Shortage = { jobs: 0 };
    const stepFault = ({ Type }: { readonly Type: string }): string | undefined =>
      Type === 'Processing' && shortage.jobs > 0 ? (shortage.jobs -= 1, 'CapacityError: Unable to provision requested ML compute capacity') : undefined;
    const project = await processingProject({
      pipelines: { apiVerdict: troubles.apiVerdict, uploadsAfterFailure, stepFault, stepTime: ({ Type }) => Type === 'Processing' ? 3 * MINUTE : 0 },
      processing: { batchSize: 4 }, simulator: { apiVerdict: troubles.apiVerdict },
    });
    troubles.attach(project);
    for (const [index, one] of steps.entries()) {
      await take(project, troubles, shortage, one, index);
    }
    await settle(project);
    expect(project.outside.cloud.buckets.peekKeys('drop')).toEqual([]);
    expect(project.double()).toBe(0);
    const drops = [...project.outside.table.items()].filter((item) => item.sk.startsWith('VERSION#'));
    for (const { key, state, reason } of drops) {
      const expected = { good: 'DONE ', crash: 'QUARANTINED processor-crash', error: 'QUARANTINED engineering-failed', reject: 'QUARANTINED engineering-rejected' };
      expect(`${String(key)}: ${String(state)} ${String(reason ?? '')}`).toBe(`${String(key)}: ${expected[String(key).split('-')[0] as keyof typeof expected]}`);
    }
    expect(project.lost().filter((key) => key.startsWith('good'))).toEqual([]);
    expect(batchesOf(project).every(({ texts }) => texts.length <= 4)).toBe(true);
    expect((await project.read()).alerts).toEqual([]);
  }), { numRuns: RUNS, endOnFailure: true });
}, 300_000);
