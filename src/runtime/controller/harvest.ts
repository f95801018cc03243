import { PREFIX } from '../../contract/environment';
import { ChainName, jobNumber } from '../core/job-names';
import { Line, cleanLine, offeredTo, parseLine, verdict } from '../core/label-lines';
import { parseS3Uri, s3Uri } from '../core/object-keys';
import { ManifestSeen } from '../core/settle';
import { imagesWithJob } from '../ledger/feeding';
import { JobRecord, setJob } from '../ledger/jobs';
import { labelKey } from '../ledger/keys';
import { isLater, recordFailure } from '../ledger/labels';
import { JobDescription } from '../ports';
import { recordAndTell } from '../recorder/tell';
import { World } from '../world';
import { Seen } from './observe';

/** How many lines are recorded at once. */
const PARALLEL = 8;

/** How many images are looked up at once. */
const LOOKED_UP = 100;

/** What reading a manifest gave. */
export interface Harvest {
  /** Lines of our images that have a label, whichever job gave it. */
  readonly labeledLines: number;
  /** Labeled lines of objects that others published to the job. */
  readonly foreignLines: number;
  /** Lines that are no object with a `source-ref`, or too long to be kept. */
  readonly unreadableLines: number;
  readonly recorded: number;
  readonly double: number;
}

/** The output manifest is where the service says, or where the guide says that it always is. */
function manifestPlace(world: World, job: JobRecord, description: JobDescription | undefined): { bucket: string; key: string } {
  const told = description?.outputManifestUri === undefined ? undefined : parseS3Uri(description.outputManifestUri);
  return told ?? { bucket: world.resources.outputBucket, key: `${PREFIX.JOBS}${job.name}/manifests/output/output.manifest` };
}

/**
 * Reads a job's output manifest where it changed, and records what it says. The manifest alone suffices: messages only make it
 * quicker. Answers the manifest as it is known now.
 */
export async function harvest(world: World, seen: Seen, job: JobRecord, description: JobDescription | undefined): Promise<ManifestSeen> {
  const now = world.ledger.clock.now();
  const place = manifestPlace(world, job, description);
  const etag = (await world.objects.head(place.bucket, place.key))?.etag ?? '';
  let manifest: ManifestSeen = job.manifest?.etag === etag ? job.manifest : { ...job.manifest, etag, since: now };
  if (etag !== '' && manifest.readEtag !== etag) {
    const lines = await world.objects.lines(place.bucket, place.key);
    if (lines) {
      const result = await harvestLines(world, seen.configuration, job, lines);
      world.telemetry.info(`read the output manifest of ${job.name}`, { notice: 'harvest', ...result });
      manifest = { ...manifest, readEtag: etag, labeledLines: result.labeledLines, foreignLines: result.foreignLines };
    }
  }
  await world.ledger.table.write([setJob(job.number, { manifest, harvestedAt: now }, job.phase)]);
  return manifest;
}

/**
 * Goes through manifest lines once, in a stream. A line is the job's own by the job name in its metadata; lines of other jobs of
 * the chain were carried in and are in the ledger already. A line without a job name is of the job whose offer it answers, and if it
 * brings no offer back, the job's if the image is with the job.
 */
export async function harvestLines(
  world: World, chain: ChainName, job: JobRecord, lines: AsyncIterable<string>,
): Promise<Harvest> {
  const awaited = new Set((await imagesWithJob(world.ledger.table, job.number)).map((image) => image.sourceRef));
  const result = { labeledLines: 0, foreignLines: 0, unreadableLines: 0, recorded: 0, double: 0 };
  const bucket = s3Uri(world.resources.inputBucket, '');
  const attribute = job.request.labelAttributeName;
  let pending: Promise<unknown>[] = [];
  const begin = (work: Promise<unknown>): void => {
    // One that fails while something else is awaited is heard of at the next joining, and must not end the process before.
    work.catch(() => undefined);
    pending.push(work);
  };
  const record = async ({ sourceRef, line, createdAt }: Labeled): Promise<void> => {
    const outcome = await recordAndTell(world, chain, job, { sourceRef, line: cleanLine(line), createdAt });
    result.recorded += outcome === 'recorded' || outcome === 'double' ? 1 : 0;
    result.double += outcome === 'double' ? 1 : 0;
  };
  const lookedUp: Labeled[] = [];
  for await (const text of lines) {
    const line = parseLine(text);
    if (!line) {
      result.unreadableLines += text === '' ? 0 : 1;
      continue;
    }
    const said = verdict(line, attribute);
    if (said.kind === 'unlabeled') {
      continue;
    }
    const sourceRef = line['source-ref'];
    const by = said.jobName === undefined ? offeredTo(line) : jobNumber(chain, said.jobName);
    const ours = by === job.number || (by === undefined && awaited.has(sourceRef));
    if (said.kind === 'labeled') {
      result[sourceRef.startsWith(bucket) ? 'labeledLines' : 'foreignLines'] += 1;
      if (ours && awaited.has(sourceRef)) {
        begin(record({ sourceRef, line, createdAt: said.createdAt }));
      } else if (ours && job.phase !== 'CREATED') {
        // Most of these came by message: looked up many at a time. A live job's are not looked up at all.
        lookedUp.push({ sourceRef, line, createdAt: said.createdAt });
      }
    } else if (ours && awaited.has(sourceRef)) {
      begin(recordFailure(world.ledger, sourceRef, job.number, said.reason));
    }
    if (lookedUp.length >= LOOKED_UP) {
      (await news(world, job, lookedUp.splice(0))).forEach((label) => begin(record(label)));
    }
    if (pending.length >= PARALLEL) {
      await Promise.all(pending);
      pending = [];
    }
  }
  (await news(world, job, lookedUp)).forEach((label) => begin(record(label)));
  await Promise.all(pending);
  return result;
}

/** A line of a manifest that carries a label. */
interface Labeled {
  readonly sourceRef: string;
  readonly line: Line;
  readonly createdAt?: string;
}

/** The labels that the ledger does not have, or has as they were when fewer workers had answered. */
async function news({ ledger }: World, job: JobRecord, labeled: readonly Labeled[]): Promise<readonly Labeled[]> {
  const items = await ledger.table.getMany(labeled.map(({ sourceRef }) => labelKey(sourceRef, job.number)));
  const known = new Map(items.map((item) => [item.pk, item]));
  return labeled.filter((label) => {
    const item = known.get(labelKey(label.sourceRef, job.number).pk);
    return !item || isLater(label, item);
  });
}
