import { createHash } from 'node:crypto';
import { History, Violation } from './history';
import { isHeldAsNear } from './ledger-watch';
import { SoakProject, lookOf, tilesOf } from './project';
import { DAY, HOUR, MINUTE, SimulatorOptions } from '../../src/local/simulator';
import { bitsApart } from '../../src/runtime/core/perceptual-hash';
import type { NearDuplicate } from '../../src/runtime/ledger/near-duplicates';
import { Project } from '../../src/runtime/ledger/project';
import { BAD, CRASH } from '../support/memory-project';

/**
 * How long a quiet time may last until all is done: days of the virtual clock, and rounds. Images that nobody can see and that no line
 * names as failed are quarantined after ten offers in vain, not counting those in jobs of which all failed; with a window of 1 and tasks
 * of 30 hours two of them take three days each time.
 */
const ALONE = { days: 5, rounds: 300 };
const WITH_OPERATOR = { days: 180, rounds: 6_000 };

/** Rounds come a minute apart while things move, and ever further apart while nothing does. */
const ROUND_FIRST = MINUTE;
const ROUND_LONGEST = 3 * HOUR;

/** After so many rounds in which nothing moved, more than an hour, it is asked why. */
const STILL = 6;

const MOVING = [
  'image:PENDING', 'image:SENDING', 'image:SENT', 'image:HELD', 'outbox', 'drop:RECEIVED', 'drop:ENGINEERING',
] as const;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * A fair and quiet time: nothing goes wrong any more, and workers label all that they get. First nobody looks after the projects:
 * what then still waits must have been told. Then an operator does what was told, and everything must come to its end.
 */
export async function quiet(history: History): Promise<void> {
  const { account } = history;
  account.door.behave();
  account.postman.behave();
  await account.door.catchUp(true);
  await history.pass(16 * MINUTE);
  await rounds(history, ALONE, async () => {
    const waits = await Promise.all(history.projects.map((project) => isDone(project) ? undefined : whyItWaits(history, project)));
    const untold = waits.findIndex((why) => why?.kind === 'untold');
    if (untold >= 0) {
      throw new Violation([`${history.projects[untold].name}: ${waits[untold]!.problem}`], 'quiet');
    }
    return waits.every((why) => why === undefined || why.kind === 'told');
  });
  await lookAfter(history);
  await rounds(history, WITH_OPERATOR, async () => {
    await Promise.all(history.projects.map((project) => look(history, project)));
    return false;
  });
  history.check('quiet');
  const problems = history.projects.flatMap((project) => judge(history, project).map((problem) => `${project.name}: ${problem}`));
  if (problems.length > 0) {
    throw new Violation(problems, 'quiet');
  }
}

/** @param isEnough Asked when nothing has moved for a while: whether more rounds are of no use. */
async function rounds(history: History, most: typeof ALONE, isEnough: () => Promise<boolean>): Promise<void> {
  const end = history.account.clock.now() + most.days * DAY;
  let seen = '';
  let still = 0;
  for (let round = 0; round < most.rounds && history.account.clock.now() < end && !history.projects.every(isDone); round += 1) {
    for (const project of history.projects) {
      // A project at its end is looked at now and then, so that it would show if it began again.
      if (isDone(project) && round % 8 !== 7) {
        continue;
      }
      await history.round(project);
      for (const task of history.tasksOf(project).filter(({ unloadable }) => unloadable === undefined)) {
        for (let given = 0; given < task.workersNeeded; given += 1) {
          await history.answer(project, task);
        }
      }
      project.table.settleIndex();
    }
    const now = history.projects.map(({ watch }) => `${watch.movedAt} ${JSON.stringify(watch.state?.openJobs)}`).join();
    still = now === seen ? still + 1 : 0;
    seen = now;
    await history.pass(Math.min(ROUND_LONGEST, ROUND_FIRST * 2 ** still));
    if (still > 0 && still % STILL === 0 && await isEnough()) {
      return;
    }
  }
}

function countsOf(project: SoakProject): { readonly [name: string]: number } {
  return project.watch.count.recount.counted;
}

/** What is held for how it looks waits for nobody, unless an operator wants workers to have it. */
function isDone(project: SoakProject): boolean {
  const { openJobs = [] } = (project.watch.state ?? {}) as { openJobs?: readonly number[] };
  const { count } = project.watch;
  const atRest = project.released ? 0 : count.of('near-duplicate');
  return MOVING.every((name) => count.of(name) === (name === 'image:HELD' ? atRest : 0)) && openJobs.length <= 1
    && !project.versions.some((version) => project.waits(version))
    && project.queueBodies(`intake${project.suffix}`).length === 0 && project.queueBodies(`recorder${project.suffix}`).length === 0;
}

type Wait = { readonly kind: 'moving' | 'told'; readonly problem?: undefined } | { readonly kind: 'untold'; readonly problem: string };

/** Whether what waits still moves, or people were told why it does not. */
async function whyItWaits(history: History, project: SoakProject): Promise<Wait> {
  const { state, alerts, counts, configuration } = await project.read();
  const problem = toldProblem(project, state, alerts, configuration!.work.maxImagesPerDay !== undefined);
  if (problem === undefined) {
    return { kind: 'told' };
  }
  // A task may stay open as long as it is offered; then its job is rolled and settled.
  const patience = (history.setup.availability + 30) * HOUR;
  const moves = history.account.clock.now() - project.watch.movedAt < patience;
  return moves ? { kind: 'moving' } : { kind: 'untold', problem: `${problem}: ${JSON.stringify(counts)}` };
}

function toldProblem(project: SoakProject, state: Project['state'], alerts: readonly string[], isLimited: boolean): string | undefined {
  if (state.mode === 'RETIRED' || state.mode === 'DRAINING' || (state.mode === 'PAUSED' && /by operator/.test(state.modeReason ?? ''))) {
    return undefined;
  }
  if (state.mode === 'PAUSED') {
    return alerts.includes('stopped-by-hand') ? undefined : `it is paused (${state.modeReason}) and no alert says so`;
  }
  // An alarm of the stack watches the dead letters.
  const deadLetters = ['intake-dlq', 'recorder-dlq'].some((name) => project.queueBodies(`${name}${project.suffix}`).length > 0);
  return alerts.length > 0 || deadLetters || isLimited ? undefined : 'something waits, nothing moves any more, and no alert says why';
}

/** An operator does what the alerts say. */
async function lookAfter(history: History): Promise<void> {
  const { account } = history;
  const options = account.simulator.options as { -readonly [name in keyof SimulatorOptions]: SimulatorOptions[name] };
  options.newAccountRefused = undefined;
  options.concurrentJobs = 20;
  await history.neighbour.leave();
  history.healing.forEach((ref) => account.simulator.healObject(ref));
  for (const project of history.projects) {
    if (history.setup.restores) {
      await project.restoreImages();
    }
    account.cloud.buckets.setCors(project.world.resources.inputBucket, true);
    await project.deploy({ work: { ...project.configuration.work, maxImages: undefined, maxImagesPerDay: undefined } });
    project.noteLimits(true);
    await project.command('resume');
    project.released = history.setup.releases;
    await look(history, project);
  }
}

/** Redrives dead letters, resumes where the breaker opened again, and releases what is held for how it looks. */
async function look(history: History, project: SoakProject): Promise<void> {
  const { queues } = history.account.cloud;
  for (const name of ['intake', 'recorder']) {
    const { url: deadUrl } = queues.ensure(`${name}-dlq${project.suffix}`);
    const { arn } = queues.ensure(`${name}${project.suffix}`);
    for (let dead = queues.take(deadUrl, 10); dead.length > 0; dead = queues.take(deadUrl, 10)) {
      for (const message of dead) {
        queues.deliver(arn, message.body);
        queues.remove(deadUrl, message.receiptHandle);
      }
    }
  }
  const { state } = await project.read();
  if (state.breaker.openedAt !== undefined || state.mode !== 'ACTIVE') {
    await project.command('resume');
  }
  if (project.released && project.watch.count.of('near-duplicate') > 0) {
    await project.command('requeue', { all: 'held', reason: 'near-duplicate' });
  }
}

/** What is wrong with the end. */
function judge(history: History, project: SoakProject): string[] {
  if (!isDone(project)) {
    return [`stuck: ${JSON.stringify(countsOf(project))}, jobs ${JSON.stringify(project.watch.state?.openJobs)}, inbox ${project.versions.filter((version) => project.waits(version)).map(({ key }) => key).join()}`];
  }
  const lines = project.dataSet();
  const refs = lines.map((line) => String(line['source-ref']));
  return [
    ...dataSetProblems(project, refs),
    ...lostDrops(history, project, new Set(refs.map((ref) => project.pixelHash(ref)))),
    ...quarantineProblems(history, project),
    ...nearProblems(project),
    ...doubleProblems(history, project),
    ...[...project.watch.labels.keys()].filter((label) => !project.told.has(label)).map((label) => `no event told of the label ${label}`),
  ];
}

function dataSetProblems(project: SoakProject, refs: readonly string[]): string[] {
  const once = new Set(refs);
  const labeled = [...project.watch.images.values()].filter((image) => image.state === 'LABELED').map((image) => String(image.sourceRef));
  return [
    ...(once.size < refs.length ? [`the data set has ${refs.length - once.size} lines twice`] : []),
    ...labeled.filter((ref) => !once.has(ref)).map((ref) => `${ref} is labeled and not in the data set`),
    ...(once.size > labeled.length ? ['the data set has lines of images that the ledger does not know as labeled'] : []),
  ];
}

/**
 * What is held looks like a drop that workers get or got, and people were told. Of two that look the same, both passed only where
 * somebody said so.
 */
function nearProblems(project: SoakProject): string[] {
  const images = [...project.watch.images.values()];
  const passed = new Set(images.filter((image) => !isHeldAsNear(image)).map(({ sha256: content }) => String(content)));
  const drops = [...project.watch.drops.values()].filter(({ state }) => state === 'DONE');
  const held = drops.flatMap((drop) => drop.near === undefined ? [] : [{ id: `${String(drop.key)} ${String(drop.versionId)}`, near: drop.near as NearDuplicate }]);
  const looks = new Map(project.versions.map(({ bytes }) => [sha256(bytes), lookOf(bytes)]));
  const free = drops.filter(({ near }) => near === undefined).map((drop) => looks.get(String(drop.sha256))!);
  const within = project.holdChanged ? undefined : project.holdsWithin;
  return [
    ...held.filter(({ near }) => !passed.has(near.sha256)).map(({ id }) => `${id} is held for one that is held itself`),
    ...held.filter(({ id }) => !project.toldNear.has(id)).map(({ id }) => `nobody was told that ${id} is held`),
    ...free.flatMap((one, index) => free.slice(index + 1).filter((other) => within !== undefined && bitsApart(one, other) <= within)
      .map((other) => `${one} and ${other} look the same, and both went to workers`)),
  ];
}

/** By the model's own list of dropped bytes. */
function lostDrops(history: History, project: SoakProject, labeled: ReadonlySet<string | undefined>): string[] {
  const problems: string[] = [];
  const quarantined = new Set([...project.watch.images.values()].filter((image) => image.state === 'QUARANTINED')
    .map((image) => project.pixelHash(String(image.sourceRef))));
  const held = new Set([...project.watch.images.values()].filter(isHeldAsNear).map((image) => project.pixelHash(String(image.sourceRef))));
  for (const { key, versionId, bytes } of project.versions) {
    const drop = project.watch.drops.get(`${key} ${versionId}`);
    const isGood = !bytes.startsWith(BAD) && !bytes.startsWith(CRASH);
    const isOver = drop?.state === 'QUARANTINED' || drop?.state === 'WITHDRAWN';
    if (isGood && !isOver && !project.withdrawn.has(versionId)) {
      const missing = tilesOf(bytes).filter((tile) => [labeled, quarantined, held].every((known) => !known.has(sha256(tile))));
      problems.push(...missing.map((tile) => `lost: ${tile} of ${key}, whose drop is ${String(drop?.state)}`));
    } else if (drop?.state === 'QUARANTINED') {
      problems.push(...dropQuarantineProblems(history, project, `${key} ${versionId}`, isGood, String(drop.reason)));
    } else if (drop?.state === 'WITHDRAWN' && !project.withdrawn.has(versionId)) {
      problems.push(`${key} is withdrawn although nobody deleted it`);
    } else if (!isGood && !project.withdrawn.has(versionId) && drop?.state !== 'DUPLICATE') {
      problems.push(`${key}, which is no image, is ${String(drop?.state)}`);
    }
  }
  return problems;
}

function dropQuarantineProblems(history: History, project: SoakProject, id: string, isGood: boolean, reason: string): string[] {
  const crashes = (history.tally.counted.faults['intake-dies'] ?? 0) + (history.tally.counted.faults['process-times-out'] ?? 0)
    + (history.tally.counted.faults['call-fails'] ?? 0) + (history.tally.counted.faults['call-answer-lost'] ?? 0)
    + (history.tally.counted.faults['drop-that-kills-its-decoder'] ?? 0);
  return [
    ...(isGood && !(reason === 'processor-crash' && crashes >= 3) ? [`${id} is good and in quarantine: ${reason}`] : []),
    ...(project.told.has(id) ? [] : [`nobody was told that ${id} is in quarantine`]),
  ];
}

/** An image is quarantined only on evidence of its own, and people are told. */
function quarantineProblems(history: History, project: SoakProject): string[] {
  const names = [...project.watch.jobs.values()].map((job) => String(job.name));
  const known = new Set(history.simulator.jobs().map(({ LabelingJobName: name }) => name));
  const objects = names.filter((name) => known.has(name)).flatMap((name) => history.simulator.objects(name));
  return [...project.watch.images.values()].filter((image) => image.state === 'QUARANTINED').flatMap((image) => {
    const ref = String(image.sourceRef);
    const failed = objects.filter((object) => object.sourceRef === ref && object.state === 'failed').length;
    const evidence = image.reason === 'labeling-failed' ? failed >= 3 : image.reason === 'never-labeled' && Number(image.offers) >= 10;
    return [
      ...(objects.some((object) => object.sourceRef === ref) ? [] : [`${ref} is in quarantine (${String(image.reason)}) although it was never published`]),
      ...(evidence ? [] : [`${ref} is in quarantine (${String(image.reason)}) with ${failed} failures and ${String(image.offers)} offers`]),
      ...(project.told.has(ref) ? [] : [`nobody was told that ${ref} is in quarantine`]),
    ];
  });
}

/** The ledger counts a label beyond the first only where it was reported after its job was settled, and people are told. */
function doubleProblems(history: History, project: SoakProject): string[] {
  const double = project.watch.count.of('double');
  if (double === 0) {
    return [];
  }
  const laws = history.laws.get(project)!;
  return [
    ...(laws.excused > 0 || laws.anyReportedLate() ? [] : [`the ledger counts ${double} labels beyond the first`]),
    ...(project.wasAlerted('double-label') && project.watch.alerts.has('double-label') ? [] : ['an image was labeled twice and nobody was told']),
  ];
}
