import { ProjectConfiguration } from '../contract/project-configuration';
import { readProject } from './ledger/project';
import { World } from './world';

/** Thrown before the first deploy has written a configuration: what waits is tried again. */
export class NotDeployedError extends Error {
  constructor() {
    super('the ledger has no configuration yet: the deployment has not finished; this is tried again by itself');
    this.name = 'NotDeployedError';
  }
}

/** The configuration in force. @throws NotDeployedError */
export async function requireConfiguration(world: World): Promise<ProjectConfiguration> {
  const { configuration } = await readProject(world.ledger);
  if (!configuration) {
    throw new NotDeployedError();
  }
  return configuration;
}
