import { ProjectConfiguration } from '../contract/project-configuration';
import { readProject } from './ledger/project';
import { World } from './world';

/** The configuration in force. Throws before the first deploy has written one: what waits is tried again. */
export async function requireConfiguration(world: World): Promise<ProjectConfiguration> {
  const { configuration } = await readProject(world.ledger);
  if (!configuration) {
    throw new Error('the ledger has no configuration yet: the deployment has not finished; this is tried again by itself');
  }
  return configuration;
}
