import { ProjectConfiguration } from '../../contract/project-configuration';
import { jobNumber } from '../core/job-names';
import { LineWithRef, cleanLine, offeredTo, parseLine, verdict } from '../core/label-lines';
import { readImage } from '../ledger/images';
import { JobRecord, readJob } from '../ledger/jobs';
import { LabelOutcome, recordFailure } from '../ledger/labels';
import { World } from '../world';
import { recordAndTell } from './tell';

/** Thrown for a message that no one can read: it goes to the dead-letter queue, where an alarm shows it. */
export class UnreadableMessageError extends Error {
  constructor(body: string) {
    super(`an output message holds no manifest line: ${body.slice(0, 200)}`);
    this.name = 'UnreadableMessageError';
  }
}

/** What the service sends is documented as "the output data": a line, whatever it is wrapped in. */
export function lineOfMessage(body: string): LineWithRef {
  const line = findLine(body, 3);
  if (!line) {
    throw new UnreadableMessageError(body);
  }
  return line;
}

function findLine(value: unknown, depth: number): LineWithRef | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text === undefined ? undefined : parseLine(text);
  if (line || depth === 0) {
    return line;
  }
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (typeof parsed !== 'object' || parsed === null) {
    return undefined;
  }
  for (const inner of Object.values(parsed)) {
    const found = typeof inner === 'string' || typeof inner === 'object' ? findLine(inner, depth - 1) : undefined;
    if (found) {
      return found;
    }
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type Recorded = LabelOutcome | 'failed' | 'not-ours' | 'nothing';

/** Reads one output message into the ledger. Idempotent: a message may come any number of times, in any order. */
export class Recorder {
  private readonly jobs = new Map<number, JobRecord>();

  constructor(private readonly world: World, private readonly configuration: ProjectConfiguration) {}

  async record(body: string): Promise<Recorded> {
    const line = lineOfMessage(body);
    const sourceRef = line['source-ref'];
    const job = await this.jobOf(line);
    if (!job) {
      this.world.telemetry.warn(`an output message for ${sourceRef} belongs to no job of this project`, { notice: 'not-ours' });
      return 'not-ours';
    }
    const said = verdict(line, job.request.labelAttributeName);
    if (said.kind === 'unlabeled') {
      return 'nothing';
    }
    if (said.kind === 'failed') {
      return await recordFailure(this.world.ledger, sourceRef, job.number, said.reason) ? 'failed' : 'known';
    }
    return recordAndTell(this.world, this.configuration, job, { sourceRef, line: cleanLine(line), createdAt: said.createdAt });
  }

  /** By the job name in the metadata under the label attribute, or the offer that the line answers; else the job that has the image. */
  private async jobOf(line: LineWithRef): Promise<JobRecord | undefined> {
    const said = verdict(line, this.configuration.task.labelAttributeName);
    const name = said.kind === 'unlabeled' ? undefined : said.jobName;
    const number = name !== undefined ? jobNumber(this.configuration, name)
      : offeredTo(line) ?? (await readImage(this.world.ledger.table, line['source-ref']))?.job;
    return number === undefined ? undefined : this.readJob(number);
  }

  private async readJob(number: number): Promise<JobRecord | undefined> {
    const known = this.jobs.get(number) ?? await readJob(this.world.ledger.table, number);
    if (known) {
      this.jobs.set(number, known);
    }
    return known;
  }
}
