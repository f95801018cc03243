import { DeployedProject } from '../../src/local/demo/project';
import { Stage } from '../../src/local/demo/stage';
import { Team } from '../../src/local/demo/team';
import { Processes } from '../../src/local/runner';

/** Everything that a test on the emulator started, as far as it came. */
export interface Started {
  readonly processes: Processes;
  readonly projects: readonly DeployedProject[];
  readonly team?: Team;
  readonly stage?: Stage;
}

export async function stopAll({ projects, team, stage, processes }: Started): Promise<void> {
  projects.forEach((project) => project.stop());
  await team?.stop();
  await stage?.stop();
  await processes.stopAll();
}
