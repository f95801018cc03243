import { checkSurroundings, takeConfiguration } from '../../../src/runtime/deployment/deploy';
import { BucketSettings } from '../../../src/runtime/ports';
import { DAY, MemoryProject, testConfiguration } from '../../support/memory-project';

const WELL: BucketSettings = {
  corsAllowsGet: async () => true, isVersioned: async () => true, silence: async () => undefined,
} as BucketSettings;

describe('the wanted configuration', () => {
  test('is in force at once, and again with each deploy', async () => {
    const project = await MemoryProject.create();
    expect((await project.read()).configuration).toEqual(project.configuration);
    await project.deploy({ tags: { a: 'b' } });
    expect((await project.read()).configuration?.tags).toEqual({ a: 'b' });
  });

  test('the project begins with its first deploy, not with a later one', async () => {
    const project = await MemoryProject.create();
    const { startedAt } = (await project.read()).state;
    project.clock.advance(DAY);
    await project.deploy({ tags: { a: 'b' } });
    expect((await project.read()).state.startedAt).toBe(startedAt);
  });

  test('is refused where it cannot follow; the former stays in force, the wanted one is kept', async () => {
    const project = await MemoryProject.create();
    const wanted = testConfiguration({ projectName: 'other', tags: { new: 'tag' } });
    expect(await takeConfiguration(project.world, wanted)).toMatch(/projectName changed/);
    const { configuration, configurationProblem } = await project.read();
    expect(configuration).toEqual(testConfiguration());
    expect(configurationProblem).toMatch(/projectName changed/);
    expect(await takeConfiguration(project.world, testConfiguration({ tags: { new: 'tag' } }))).toBeUndefined();
    expect((await project.read()).configurationProblem).toBeUndefined();
    expect((await project.read()).configuration?.tags).toEqual({ new: 'tag' });
  });

  test('leaves a pause as it is', async () => {
    const project = await MemoryProject.create();
    await project.command('pause');
    await project.rounds(1);
    await project.deploy();
    expect((await project.read()).state.mode).toBe('PAUSED');
  });
});

describe('what stands in the way of the first job', () => {
  const look = async (settings: Partial<BucketSettings> = {}, region = 'us-east-1', teamExists = true): Promise<string[]> => {
    const project = await MemoryProject.create({ simulator: { workTeamExists: () => teamExists } });
    return checkSurroundings(project.world, { ...WELL, ...settings }, project.configuration, region);
  };

  test('nothing', async () => {
    expect(await look()).toEqual([]);
  });

  test.each<[string, Parameters<typeof look>, RegExp]>([
    ['a Region without Ground Truth', [{}, 'eu-north-1'], /does not exist in Region eu-north-1: deploy to one of us-east-1/],
    ['a work team that does not exist', [{}, 'us-east-1', false], /workteam\/private-crowd\/team does not exist.*create it/],
    ['an input bucket without CORS', [{ corsAllowsGet: async (bucket) => bucket !== 'input' }], /bucket input has no CORS rule.*AllowedMethods GET/],
    ['an output bucket without CORS', [{ corsAllowsGet: async (bucket) => bucket !== 'output' }], /bucket output has no CORS rule/],
    ['a drop bucket without versions', [{ isVersioned: async () => false }], /drop bucket drop is not versioned: .*no later one; turn versioning on/],
    ['a check that cannot be made', [{ isVersioned: async () => { throw new Error('denied'); } }], /versioning of drop could not be checked \(denied\)/],
    ['a check that fails in an odd way', [{ corsAllowsGet: async (bucket) => bucket === 'input' ? Promise.reject('odd') : true }], /CORS of input could not be checked \(odd\)/],
  ])('%s', async (_name, given, message) => {
    const findings = await look(...given);
    expect(findings).toEqual([expect.stringMatching(message)]);
  });

  test('everything is told at once', async () => {
    expect(await look({ corsAllowsGet: async () => false, isVersioned: async () => false }, 'mars-1', false)).toHaveLength(5);
  });
});
