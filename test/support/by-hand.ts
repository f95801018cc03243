import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { HandledProject } from './handled-project';
import { BuiltInTaskType, GROUND_TRUTH_ACCOUNTS, LABELING_TASKS } from '../../src/contract/labeling-tasks';
import { TaskConfiguration } from '../../src/contract/project-configuration';
import { workerTemplate } from '../../src/contract/worker-template';
import { Console } from '../../src/local/console/server';
import { LedgerItem, viewLedger } from '../../src/local/ledger-view';
import { WorkerPortal } from '../../src/local/portal/server';

const ROOT = join(__dirname, '..', '..');

export const IMAGE = { width: 600, height: 400 };

/** The bundles for the browser; `npx projen bundle` makes them. */
export const BUNDLES = {
  standIns: join(ROOT, 'assets/crowd/index.js'), portal: join(ROOT, 'assets/local/portal/index.js'), console: join(ROOT, 'assets/local/console/index.js'),
};

/** A photograph of `IMAGE`'s size, whose bytes are others for each number. */
export async function photograph(number = 0, name = 'table/coffee.jpg'): Promise<Buffer> {
  return sharp(join(ROOT, 'examples/photos', name)).resize(IMAGE.width, IMAGE.height).jpeg({ quality: 80 - number }).toBuffer();
}

export function taskOf(type: BuiltInTaskType, more: Partial<TaskConfiguration> = {}): TaskConfiguration {
  const arn = (name: string): string => `arn:aws:lambda:us-east-1:${GROUND_TRUTH_ACCOUNTS['us-east-1']}:function:${name}-${type}`;
  const task = {
    type, labelAttributeName: LABELING_TASKS[type].defaultAttribute, labels: [{ name: 'cup' }, { name: 'table' }],
    title: 'Things', description: 'What is on the image?', keywords: [],
    preHumanTaskLambdaArn: arn('PRE'), consolidationLambdaArn: arn('ACS'),
  };
  return { ...task, template: workerTemplate(task), ...more };
}

/** A project in memory with an address at which the objects of its buckets can be read, as signed addresses are. */
export class ByHand {
  static async create(task: TaskConfiguration): Promise<ByHand> {
    const project = await HandledProject.create({
      configuration: { task, featureEngineering: { kind: 'images', transforms: [], output: {} } },
    });
    const files = createServer(({ url = '/' }, response) => {
      const [, bucket, ...key] = url.split('/').map(decodeURIComponent);
      const object = project.outside.cloud.buckets.find(bucket, key.join('/'));
      response.writeHead(object ? 200 : 404, { 'access-control-allow-origin': '*', 'content-type': object?.contentType ?? 'text/plain' }).end(object?.body);
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
    const portal = await WorkerPortal.start({
      simulator: project.simulator, imageOrigins: [origin], bundles: { standIns: BUNDLES.standIns, page: BUNDLES.portal },
      readable: async (uri) => `${origin}/${uri.slice('s3://'.length).split('/').map(encodeURIComponent).join('/')}`,
    });
    const { projectId, dropBucket } = project.world.resources;
    const { buckets } = project.outside.cloud;
    const shown = await Console.start({
      simulator: project.simulator, workerPage: portal.address, page: BUNDLES.console,
      project: {
        name: projectId,
        owns: (job) => job.startsWith(`${projectId}-`),
        ledger: async () => viewLedger([...project.outside.table.items()] as LedgerItem[]),
        inbox: async () => buckets.peekKeys(dropBucket),
        read: async (uri) => {
          const [, , bucket, ...key] = uri.split('/');
          return buckets.read(bucket, key.join('/')).body;
        },
        drop: (key, bytes) => project.drop(key, bytes),
        order: async (command) => { await project.wake({ command }); },
      },
    });
    return new ByHand(project, portal, shown, async () => {
      await shown.close();
      await portal.close();
      files.closeAllConnections();
      await new Promise<void>((resolve) => files.close(() => resolve()));
    });
  }

  private constructor(
    readonly project: HandledProject, readonly portal: WorkerPortal, readonly console: Console, readonly close: () => Promise<void>,
  ) {}
}
