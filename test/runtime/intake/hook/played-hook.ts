import { HookAnswer, HookRequest } from '../../../../src/contract/hook';
import { HookStore } from '../../../../src/hook';
import { MemoryBuckets } from '../../../../src/local/simulator';
import { HookEngine } from '../../../../src/runtime/intake/hook/hook-engine';
import { Hook, HookOutcome } from '../../../../src/runtime/ports';
import { MemoryProject, MemoryProjectOptions } from '../../../support/memory-project';

export type Work = (request: HookRequest, store: HookStore) => Promise<HookAnswer | HookOutcome | string | Error>;

/** A function that the test plays. */
export class PlayedHook implements Hook {
  public readonly requests: HookRequest[] = [];
  public store!: HookStore;

  constructor(public work: Work) {}

  public async call(text: string): Promise<HookOutcome> {
    const request = JSON.parse(text) as HookRequest;
    this.requests.push(request);
    const answer = await this.work(request, this.store);
    if (answer instanceof Error) {
      throw answer;
    }
    return typeof answer === 'string' ? { kind: 'answered', payload: answer }
      : 'kind' in answer ? answer : { kind: 'answered', payload: JSON.stringify(answer) };
  }
}

/** The buckets of the memory cloud, as a function sees them. */
export function storeOf(buckets: MemoryBuckets): HookStore {
  return {
    read: async (bucket, key, versionId) => (await buckets.get(bucket, key, versionId)).body,
    write: async (bucket, key, body, contentType) => {
      await buckets.put(bucket, key, body, { contentType });
    },
  };
}

export async function hookProject(
  work: Work, options: MemoryProjectOptions & { anyFile?: boolean } = {},
): Promise<{ project: MemoryProject; hook: PlayedHook }> {
  const hook = new PlayedHook(work);
  const anyFile = options.anyFile ?? false;
  const project = await MemoryProject.create({
    ...options,
    configuration: { featureEngineering: { kind: 'function', anyFile }, ...options.configuration },
    engine: (world, configuration, watch) => new HookEngine(world, configuration, { anyFile }, hook, watch),
  });
  hook.store = storeOf(project.outside.cloud.buckets);
  return { project, hook };
}
