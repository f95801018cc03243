import { MINUTE, MemoryProject, MemoryProjectOptions } from './memory-project';
import { JobRecord, readJob } from '../../src/runtime/ledger/jobs';
import { Item } from '../../src/runtime/ports';

/** A project whose first job runs and has been given all images that were dropped: `cam/0.jpg`, `cam/1.jpg` and so on. */
export async function runningProject(options: MemoryProjectOptions = {}, drops = 3): Promise<MemoryProject> {
  const project = await MemoryProject.create(options);
  for (let i = 0; i < drops; i += 1) {
    await project.drop(`cam/${i}.jpg`);
  }
  await project.rounds(10);
  return project;
}

export async function job(project: MemoryProject, number: number): Promise<JobRecord> {
  const record = await readJob(project.outside.table, number);
  if (!record) {
    throw new Error(`the ledger has no job ${number}`);
  }
  return record;
}

/** The image items of the ledger, by the name of their drop. */
export function images(project: MemoryProject): { [name: string]: Item } {
  const found: { [name: string]: Item } = {};
  for (const item of project.outside.table.items()) {
    if (item.sk === 'IMAGE') {
      found[String((item.provenance as { 'drop-key': string })['drop-key'])] = item;
    }
  }
  return found;
}

export function statesOf(project: MemoryProject): { [name: string]: string } {
  const names = Object.entries(images(project)).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(names.map(([name, item]) => [name, String(item.state)]));
}

/** Names and statuses of all jobs that the service knows, the oldest first. */
export function jobStatuses(project: MemoryProject): string[] {
  return project.simulator.jobs().map((known) => `${known.LabelingJobName.split('-').at(-1)} ${known.LabelingJobStatus}`);
}

/** Lets time pass in larger steps, with everything that runs by itself. */
export async function pass(project: MemoryProject, total: number, step = 30 * MINUTE): Promise<void> {
  for (let gone = 0; gone < total; gone += step) {
    await project.round(step);
  }
}

/** Types of the events that went to the bus, the oldest first. */
export function eventTypes(project: MemoryProject): string[] {
  return project.outside.cloud.bus.events.filter((event) => event.source === 'streaming-labeling').map((event) => event['detail-type']);
}
