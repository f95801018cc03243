import { join } from 'node:path';
import { ByHandOptions } from './options';
import { DeployedProject } from './project';
import { demoScenario } from './scenario';
import { Stage } from './stage';
import { takeOver } from './take-over';
import { Team } from './team';
import { Console, ConsoleProject } from '../console/server';
import { WorkerPortal } from '../portal/server';
import { projectRoot, signedUrl, StackArtifact } from '../runner';

/** Dropped at the start, so that there is something to do and something to see: one of them is broken, one no image. */
const FIRST = [
  'animals/raccoon.jpg', 'people/astronaut.jpg', 'table/coffee.jpg', 'places/Pagode im Frühling.jpg', 'garden/flower.jpg', 'people/photographer.png',
  'odd/broken-off.jpg', 'odd/notes.jpg',
];

/** A deployed project whose tasks people do. */
export class ByHandRun {
  static async start(stage: Stage, stack: StackArtifact, options: ByHandOptions): Promise<ByHandRun> {
    const project = await DeployedProject.deploy(stage, stack);
    const { aws, connection } = stage.emulator;
    const portal = await WorkerPortal.start({
      simulator: stage.simulator, readable: (uri) => signedUrl(aws, uri), imageOrigins: [connection.endpoint],
      bundles: { standIns: bundle('crowd'), page: bundle('local/portal') },
    });
    const shown = await Console.start({
      project: consoleProject(project), simulator: stage.simulator, workerPage: portal.address, page: bundle('local/console'),
    });
    const team = options.takeOver === undefined ? undefined : takeOver(stage, portal.desk, options.takeOver);
    const run = new ByHandRun(project, portal, shown, team);
    run.team?.start();
    project.start();
    return run;
  }

  private constructor(
    readonly project: DeployedProject, readonly portal: WorkerPortal, readonly console: Console, private readonly team?: Team,
  ) {}

  /** Drops a few photographs. */
  async dropFirst(): Promise<void> {
    const { first } = await demoScenario();
    for (const file of first.filter(({ key }) => FIRST.includes(key))) {
      await this.project.drop(file);
    }
  }

  async stop(): Promise<void> {
    this.project.stop();
    await this.team?.stop();
    await this.console.close();
    await this.portal.close();
  }
}

function consoleProject(project: DeployedProject): ConsoleProject {
  return {
    name: project.resources.projectId,
    owns: (job) => project.owns(job),
    ledger: () => project.ledger(),
    inbox: () => project.inbox(),
    read: (uri) => project.readUri(uri),
    drop: (key, bytes) => project.drop({ key, bytes }),
    order: (name) => project.order(name, 'console'),
  };
}

const bundle = (name: string): string => join(projectRoot(), 'assets', name, 'index.js');
