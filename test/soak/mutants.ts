/** A mistake that somebody could make in the core, as a change of its source. The histories must notice each. */
export interface Mutant {
  readonly name: string;
  /** Where below `src/runtime`, what is written there, once, and what is written instead. */
  readonly changes: readonly (readonly [file: string, from: string, to: string])[];
  /** What the histories must say. */
  readonly breaks: RegExp;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'wrong label predicate: metadata alone is taken for a label',
    changes: [
      ['core/label-lines.ts', "if (Object.hasOwn(fields, 'failure-reason')) {", 'if (false) {'],
      ['core/label-lines.ts', 'if (!Object.hasOwn(line, labelAttributeName)) {', 'if (metadata === undefined) {'],
    ],
    // or stuck: what counts as recorded and is no label keeps a job with carried lines from being settled
    breaks: /lost|labels beyond the first|labeled and not in the data set|was labeled by|stuck/,
  },
  {
    name: 'no window check',
    changes: [['core/decide.ts', 'live.arrived ? seen.window - (live.outstanding - live.failed)', 'live.arrived ? 1_000']],
    breaks: /images at once, the window is/,
  },
  {
    name: 'SENT without publish',
    changes: [['controller/feed.ts', 'const taken = await world.topic.publish(world.resources.inputTopicArn, bodies);', 'const taken = bodies.map(() => true);']],
    breaks: /although it was never published|stuck|no alert says why/,
  },
  {
    name: 'a name that is not deterministic',
    changes: [['controller/create.ts', 'world.jobs.create(job.request)', 'world.jobs.create({ ...job.request, name: `${job.request.name}${1 + Math.floor(world.ledger.clock.now() / 1_000) % 99}` })']],
    breaks: /jobs live|stuck|no alert says why/,
  },
  {
    name: 'the next number before it is known what became of the last create',
    changes: [['controller/create.ts', "await backOff(world, seen, job, outcome.message);\n      return 'rest';", "await refuse(world, seen, job, outcome.message, false);\n      return 'continue';"]],
    breaks: /jobs live|was labeled by/,
  },
  {
    name: 'a claim that is not conditional',
    changes: [['ledger/images.ts', "{ put: imageItem(after, now), when: [{ attribute: 'revision', is: '=', value: before.revision }] },", '{ put: imageItem(after, now) },']],
    breaks: /went from LABELED to/,
  },
  {
    name: 'a lease that is stolen early',
    changes: [['ledger/lease.ts', "await take({ attribute: 'until', is: '<', value: now });", "await take({ attribute: 'owner', is: 'present' });"]],
    breaks: /images at once, the window is|jobs live|went from|stack was deleted|is not in the ledger|counts/,
  },
  {
    name: 'the settle rule skipped',
    changes: [['controller/settling.ts', "const why = unread ? 'manifest-unread' : unsettled(job, await queued(world), now, world.timings);", 'const why = undefined;']],
    breaks: /was labeled by|double/,
  },
  {
    name: 'time alone settles',
    changes: [['core/settle.ts', "return areLabelsRecorded(job, manifest, now, timings) ? undefined : 'labels-missing';", 'return undefined;']],
    breaks: /was labeled by|double/,
  },
  {
    name: 'duplicate content not recognised',
    changes: [
      ['ledger/drops.ts', 'return item && {', 'return undefined && {'],
      ['ledger/recording.ts', "...made, at, schema: 1 }, when: [{ attribute: 'at', is: 'absent' }] };", '...made, at, schema: 1 } };'],
    ],
    breaks: /was labeled by|stuck/,
  },
  {
    name: 'near duplicates not held',
    changes: [['ledger/near-duplicates.ts', 'distance <= look.maxDistance', 'distance < 0']],
    breaks: /look the same, and both went to workers/,
  },
  {
    name: 'a look that is remembered without asking who came meanwhile',
    changes: [['ledger/recording.ts', 'sight.remember(tries < CAREFUL_TRIES)', 'sight.remember(false)']],
    breaks: /look the same, and both went to workers/,
  },
  {
    name: 'the sweep skipped',
    changes: [['core/decide.ts', 'if (sweepDue) {', 'if (false) {']],
    breaks: /no alert says why|stuck/,
  },
  {
    name: 'a label that replaces one of a newer job',
    changes: [['ledger/labels.ts', 'const newer = first || label.job > (image.labelJob ?? 0);', 'const newer = true;']],
    breaks: /its label of job/,
  },
  {
    name: 'images of an ended job not given back',
    changes: [['controller/settling.ts', 'if (images.length > 0) {\n    // Told', 'if (false) {\n    // Told']],
    breaks: /no alert says why|stuck|nobody was told/,
  },
  {
    name: 'a drop that kills its decoder is tried for ever',
    changes: [['ledger/drops.ts', "{ state: 'ENGINEERING', attempts: drop.attempts + 1,", "{ state: 'ENGINEERING', attempts: 1,"]],
    breaks: /no alert says why|stuck/,
  },
  {
    name: 'money guards ignored',
    changes: [['core/decide.ts', 'const fresh = Math.min(seen.pendingFresh, Math.max(0, seen.budget));', 'const fresh = seen.pendingFresh;']],
    breaks: /images were offered/,
  },
  {
    name: 'a project that was torn down works on',
    changes: [['core/decide.ts', "if (mode !== 'RETIRED') {\n    return undefined;\n  }", 'if (mode !== undefined) {\n    return undefined;\n  }'], ['core/decide.ts', "  if (mode === 'ACTIVE') {\n    return undefined;", "  if (mode === 'ACTIVE' || mode === 'RETIRED') {\n    return undefined;"]],
    breaks: /stack was deleted/,
  },
];
