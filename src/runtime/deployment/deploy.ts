import { GROUND_TRUTH_ACCOUNTS } from '../../contract/labeling-tasks';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { changeProblems } from '../core/configuration-changes';
import { messageOf } from '../errors';
import { configurationWrite, readProject, stateWrite } from '../ledger/project';
import { BucketSettings } from '../ports';
import { World } from '../world';
import { refuseOrders } from './teardown';

/** Hands the wanted configuration to the ledger. Answers why it is refused, if it is. Idempotent. */
export async function takeConfiguration(world: World, wanted: ProjectConfiguration): Promise<string | undefined> {
  const project = await readProject(world.ledger);
  if (project.state.mode === 'RETIRED') {
    // Those that came since, or that the deletion could not end any more. Before it is in force again, so that no run finds them.
    await refuseOrders(world);
  }
  const now = world.ledger.clock.now();
  const problems = project.configuration ? changeProblems(project.configuration, wanted) : [];
  const problem = problems.length === 0 ? undefined : problems.join(' ');
  const inForce = problem === undefined ? wanted : project.configuration!;
  await world.ledger.table.write([
    configurationWrite(inForce, wanted, problem, now),
    // The state begins with the first deploy; a ledger that was retained goes on where it was.
    stateWrite({
      startedAt: project.state.startedAt,
      ...(project.state.mode === 'RETIRED' ? { mode: project.state.retiredFrom ?? 'ACTIVE', retiredFrom: undefined } : {}),
    }),
  ]);
  return problem;
}

/** A check that cannot be made says so and hides nothing. */
async function check(name: string, works: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await works();
  } catch (error) {
    return `${name} could not be checked (${messageOf(error)})`;
  }
}

/** What stands in the way of the first job, each with the remedy; empty: nothing that can be seen from here. */
export async function checkSurroundings(
  world: World, settings: BucketSettings, configuration: ProjectConfiguration, region: string,
): Promise<string[]> {
  const { resources } = world;
  const team = configuration.workTeamArn;
  const findings = await Promise.all([
    check('the Region', async () => (Object.hasOwn(GROUND_TRUTH_ACCOUNTS, region) ? undefined
      : `Ground Truth does not exist in Region ${region}: deploy to one of ${Object.keys(GROUND_TRUTH_ACCOUNTS).join(', ')}`)),
    check('the work team', async () => (await world.jobs.workTeamExists(team) ? undefined
      : `work team ${team} does not exist in this account and Region: create it, or correct workTeam`)),
    ...[resources.inputBucket, resources.outputBucket].map((bucket) => check(`CORS of ${bucket}`, async () => (
      await settings.corsAllowsGet(bucket) ? undefined
        : `bucket ${bucket} has no CORS rule that lets pages GET: workers will not see images; add one with AllowedMethods GET and AllowedOrigins *`))),
    check(`versioning of ${resources.dropBucket}`, async () => (await settings.isVersioned(resources.dropBucket) ? undefined
      : `drop bucket ${resources.dropBucket} is not versioned: of files under the same name only the first that is read is taken in, and no later one; turn versioning on`)),
  ]);
  return findings.filter((finding): finding is string => finding !== undefined);
}
