import { createHash } from 'node:crypto';
import { releaseAll } from './release';
import {
  BATCH_FILE, BATCH_FOLDER, BatchDrop, BatchFile, PIPELINE_PARAMETER, PROCESSING_CONTRACT_VERSION, batchesPrefix, waitingPrefix,
} from '../../../contract/processing';
import { ProjectConfiguration, TaskConfiguration } from '../../../contract/project-configuration';
import { CLOSED_BREAKER } from '../../core/breaker';
import { s3Uri } from '../../core/object-keys';
import { BatchOf } from '../../core/processing';
import { batchLimit, goWith, isBehind, readOrder, waitingOrder } from '../../core/waiting';
import { waitingFile, waitingKey } from '../../intake/processing-engine';
import { preLabelOf } from '../../intake/wishes';
import { DropRecord, dropOf } from '../../ledger/drops';
import { contentKey } from '../../ledger/keys';
import {
  BatchItem, Execution, batchName, isChanged, isWaiting, processingWrite, waitingDrops, writeBatchPages,
} from '../../ledger/processing';
import { World } from '../../world';
import { Seen } from '../observe';

/** Objects that are looked at at the same time. */
const PARALLEL = 32;

type WaitingDrop = DropRecord & { readonly sha256: string };

/**
 * Plans the next batch: all that its execution will read is written first, then the plan, with the whole request. Answers whether
 * there is one: what the index shows may be gone.
 */
export async function planBatch(world: World, seen: Seen, of: BatchOf, probe: boolean): Promise<boolean> {
  const { configuration, project: { processing } } = seen;
  const { featureEngineering } = configuration;
  if (featureEngineering.kind !== 'processing') {
    return false;
  }
  const drops = await choose(world, of, featureEngineering.batchSize, processing.lastFruitful);
  if (drops.length === 0) {
    return false;
  }
  const number = processing.lastExecution + 1;
  const batch = batchName(number);
  await writeInput(world, configuration, batch, drops);
  const pages = await writeBatchPages(world.ledger, number, drops.map(itemOf));
  const now = world.ledger.clock.now();
  const changed = isChanged(processing, featureEngineering);
  const execution: Execution = {
    number, plannedAt: now, ageMax: featureEngineering.timeLimitSeconds * 1_000 + world.timings.executionPatience,
    drops: drops.length, pages, registered: 0, charged: 0, undone: 0, fruits: 0,
    behind: isBehind(seen.processing.firstSuspect?.line, number, processing.behind ?? false),
    request: executionRequest(world, number, `batch-${number}`, {
      [PIPELINE_PARAMETER.EXECUTION]: batch,
      [PIPELINE_PARAMETER.BATCH]: batch,
      [PIPELINE_PARAMETER.INSTANCES]: String(Math.min(featureEngineering.instanceCount, drops.length)),
    }),
  };
  await world.ledger.table.write([processingWrite({
    lastExecution: number, batch: execution, sinceFresh: of === 'fresh' ? 0 : processing.sinceFresh + 1, definition: featureEngineering.definition,
    ...(changed ? { breaker: CLOSED_BREAKER, backOffUntil: 0, backOffSteps: 0 } : {}),
    ...(probe ? { breaker: { ...processing.breaker, lastProbeAt: now } } : {}),
  })]);
  return true;
}

/** The same request however often it is sent: its token is made of the number, which no other execution ever has. */
export function executionRequest(
  world: World, number: number, displayName: string, parameters: { readonly [name: string]: string },
): Execution['request'] {
  const { pipelineName, projectId } = world.resources;
  if (pipelineName === undefined) {
    throw new Error('the project has no pipeline, although its configuration asks for one: deploy it again');
  }
  return {
    pipelineName, displayName, parameters,
    token: createHash('sha256').update(`${projectId} execution ${number}`).digest('hex'),
  };
}

const fileOf = ({ sha256, header }: WaitingDrop): string => waitingFile(sha256, header?.type ?? '');

function itemOf(drop: WaitingDrop): BatchItem {
  const { bucket, key, versionId, sha256 } = drop;
  return { bucket, key, versionId, sha256, file: fileOf(drop) };
}

/** Those of the longest waiting drops that can go into one batch: each content once, with its bytes at hand. */
async function choose(world: World, of: BatchOf, batchSize: number, lastFruitful: number): Promise<WaitingDrop[]> {
  const { table } = world.ledger;
  const [first, ...others] = await waitingDrops(table, of, batchSize);
  if (!first) {
    return [];
  }
  const hints = [first, ...others.filter(({ suspect }) => goWith(first.suspect, suspect))].slice(0, first.suspect?.limit ?? batchSize);
  const waiting = (await table.getMany(hints.map(({ pk, sk }) => ({ pk, sk })))).map(dropOf)
    .filter(isWaiting).map((drop) => ({ drop, order: waitingOrder(drop.waiting, drop.receivedAt, drop.sha256) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  const [leader] = waiting;
  if (!leader) {
    return [];
  }
  // The index is a hint: what a drop itself says counts.
  const { suspect } = readOrder(leader.order);
  const drops: WaitingDrop[] = waiting.filter(({ order }) => goWith(suspect, readOrder(order).suspect))
    .slice(0, batchLimit(leader.drop.waiting, batchSize, lastFruitful)).map(({ drop }) => drop).sort((a, b) => a.receivedAt - b.receivedAt);
  const contents = [...new Map([...drops].reverse().map((drop) => [drop.sha256, drop])).values()].reverse();
  const recorded = new Set((await table.getMany(contents.map(({ sha256 }) => contentKey(sha256)))).map(({ pk }) => pk));
  const missing = await without(world, contents);
  const unfit = contents.filter((drop) => recorded.has(contentKey(drop.sha256).pk) || missing.has(drop));
  // The intake knows what to do with them: a duplicate has its end, and bytes that went astray are copied again.
  await releaseAll(world, unfit);
  return contents.filter((drop) => !unfit.includes(drop));
}

/** Those whose copy is gone: it was cleared away with a drop of the same content, or by a rule of the user's bucket. */
async function without(world: World, drops: readonly WaitingDrop[]): Promise<ReadonlySet<WaitingDrop>> {
  const { inputBucket, projectId } = world.resources;
  const gone = new Set<WaitingDrop>();
  for (let from = 0; from < drops.length; from += PARALLEL) {
    await Promise.all(drops.slice(from, from + PARALLEL).map(async (drop) => {
      if (!await world.objects.head(inputBucket, waitingKey(projectId, fileOf(drop)))) {
        gone.add(drop);
      }
    }));
  }
  return gone;
}

/** The batch file for the code, and the manifest by which SageMaker deals the drops out to the instances. */
async function writeInput(
  world: World, { projectName, task }: ProjectConfiguration, batch: string, drops: readonly WaitingDrop[],
): Promise<void> {
  const { inputBucket, projectId } = world.resources;
  const folder = `${batchesPrefix(projectId)}${batch}/`;
  const file: BatchFile = {
    contractVersion: PROCESSING_CONTRACT_VERSION, project: projectName, batch, drops: drops.map((drop) => batchDrop(drop, task)),
  };
  const manifest = [{ prefix: s3Uri(inputBucket, waitingPrefix(projectId)) }, ...drops.map(fileOf)];
  const json = { contentType: 'application/json' };
  await world.objects.put(inputBucket, `${folder}${BATCH_FOLDER.INPUT}${BATCH_FILE}`, encode(file), json);
  await world.objects.put(inputBucket, `${folder}${BATCH_FOLDER.MANIFEST}`, encode(manifest), json);
}

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function batchDrop(drop: WaitingDrop, task: TaskConfiguration): BatchDrop {
  const { bucket, key, versionId, sha256, size = 0, header, priority } = drop;
  const preLabel = preLabelOf(drop, task).value;
  return { file: fileOf(drop), drop: { bucket, key, versionId, sha256, size, priority, preLabel }, image: header };
}
