import { digitPicture } from '../../src/cli/probe/pictures';
import { ProbeReport } from '../../src/cli/probe/report';
import { stackTemplate } from '../../src/cli/probe/stack-template';
import { OPEN_QUESTIONS, SimulatorOptions, seededRandom } from '../../src/local/simulator';
import { inspect } from '../../src/runtime/images/gate';
import { Ran, cli } from '../support/cli';
import { SimulatedAccount, WORK_TEAM } from '../support/probe-account';

interface Probed {
  readonly ran: Ran;
  readonly report: ProbeReport;
  readonly account: SimulatedAccount;
}

const ask = () => Promise.reject(new Error('a probe has no project'));

async function run(account: SimulatedAccount, argv: readonly string[], world: Partial<Parameters<typeof cli>[1]> = {}): Promise<Ran> {
  return cli(undefined, { ask, confirm: account.confirm, sleep: account.sleep, openAccount: async () => account, ...world }, 'probe', ...argv);
}

async function probe(options: Partial<SimulatorOptions> = {}): Promise<Probed> {
  const account = await SimulatedAccount.start(options);
  try {
    const ran = await run(account, ['--work-team', WORK_TEAM, '--yes', '--json']);
    expect(ran.code === 0 ? '' : ran.err).toBe('');
    return { ran, account, report: JSON.parse(ran.out) as ProbeReport };
  } finally {
    await account.close();
  }
}

/** What no probe can see, and why. */
const NOT_OBSERVABLE: { readonly [id: string]: RegExp } = {
  'expiry-status': /30 days/, 'expiry-reason': /30 days/, 'expired-waiting': /14 days/,
};

const OBSERVABLE = OPEN_QUESTIONS.filter(({ id }) => !(id in NOT_OBSERVABLE));
const answerTo = (report: ProbeReport, id: string) => report.questions.find((question) => question.id === id)!;

/** For some runs on a busy machine. */
const PATIENCE = 60_000;

let usual: Probed;
beforeAll(async () => { usual = await probe(); }, PATIENCE);

/** Answers other than the usual ones, in runs of those that leave each other to be seen: `question` or `question=number`. */
const RUNS = [
  'stop-while-initializing arn-casing s3-key-decoding unknown-messages dedup-manifest-topic raw-delivery message-shape failure-reason class-index '
    + 'counters-carried manifest-refresh',
  'stop-of-ended-job answers-while-stopping list-consistency empty-manifest dedup-jobs missing-image message-on-failure job-name-in-metadata '
    + 'manifest-unlabeled counter-delay=1',
  'partial-answers-at-end describe-consistency dollar-keys object-ids missing-cors message-delay manifest-without-lines failure-line manifest-finality=1',
  'message-moment consolidation-time counter-delay=2',
  'message-shape=2', 'manifest-finality=2', 'concurrent-jobs', 'new-account=1', 'new-account=2',
].map((text) => text.split(' ').map((one) => ({ id: one.split('=')[0], number: Number(one.split('=')[1] ?? 1) })));

const runs = new Map<number, Promise<Probed>>();

/** The run in which a question has an answer, which is made once. */
function runWith(id: string, number: number): Promise<Probed> {
  const at = RUNS.findIndex((answers) => answers.some((one) => one.id === id && one.number === number));
  const made = runs.get(at) ?? probe(Object.assign({}, ...RUNS[at].map((one) => (
    OPEN_QUESTIONS.find((question) => question.id === one.id)!.answers[one.number].options))) as Partial<SimulatorOptions>);
  runs.set(at, made);
  return made;
}

describe('each open question is answered as the simulator answers it', () => {
  test.each(OBSERVABLE)('$id: $question', async ({ id, answers }) => {
    expect(answerTo(usual.report, id)).toMatchObject({ verdict: 'answer', answer: answers[0].means, asAssumed: true });
    for (const [number, { means }] of answers.entries()) {
      if (number > 0) {
        const { report, ran } = await runWith(id, number);
        expect(answerTo(report, id)).toMatchObject({ verdict: 'answer', answer: means, asAssumed: false });
        expect(ran.code).toBe(0);
      }
    }
  }, PATIENCE);

  test.each(Object.entries(NOT_OBSERVABLE))('%s is not observable, with the reason', (id, because) => {
    expect(answerTo(usual.report, id)).toMatchObject({ verdict: 'not-observable', detail: expect.stringMatching(because) });
  });
});

test('whatever the answers are together, none is reported wrongly', async () => {
  const random = seededRandom(4);
  for (let time = 0; time < 4; time++) {
    const chosen = OBSERVABLE.filter(({ id }) => id !== 'new-account').map(({ id, answers }) => ({ id, answer: answers[Math.floor(random() * answers.length)] }));
    const { report } = await probe(Object.assign({}, ...chosen.map(({ answer }) => answer.options)) as Partial<SimulatorOptions>);
    for (const { id, answer } of chosen) {
      const told = answerTo(report, id);
      expect([id, told.verdict === 'answer' ? told.answer : told.verdict]).toEqual([id, told.verdict === 'answer' ? answer.means : 'not-seen']);
    }
  }
}, PATIENCE);

describe('the command', () => {
  let account: SimulatedAccount;
  beforeEach(async () => { account = await SimulatedAccount.start(); });
  afterEach(() => account.close());

  const jobsThatRun = () => account.simulator.jobs().filter(({ LabelingJobStatus }) => !['Stopped', 'Failed', 'Completed'].includes(LabelingJobStatus));
  const expectNothingLeft = (): void => {
    expect([...account.workshop.stacks.keys()]).toEqual([]);
    expect(jobsThatRun()).toEqual([]);
    expect(account.memory.queues.peekNames().filter((name) => name.startsWith('GroundTruth-'))).toEqual([]);
  };
  const team = ['--work-team', WORK_TEAM];
  const idIn = (text: string): string => /probe-[0-9a-f]{8}/.exec(text)![0];

  test('says what it makes and costs, asks, and tells the answers within 80 columns; nothing stays', async () => {
    const ran = await run(account, team);
    expect(ran.code).toBe(0);
    for (const line of `${ran.out}${ran.err}`.split('\n')) {
      expect([line, line.length <= 80]).toEqual([line, true]);
    }
    const [told, asked] = [ran.err.replace(/\s+/g, ' '), account.questions];
    expect(told).toMatch(/a bucket with CORS, a bucket without, 5 topics, a queue, a role for Ground Truth/);
    expect(told).toMatch(/3 labeled pictures.* two hours/);
    expect(asked[0]).toBe('Make these things and begin?');
    expect(asked.filter((question) => /submit/i.test(question))).toHaveLength(4);
    expect(account.simulator.bill()).toHaveLength(2); // the third came while the job was stopping
    expect(ran.out).toContain('(class-index)\n  seen: a number\n');
    expect(ran.out).toContain('  not observable by a probe: a job would have to run for 30 days\n');
    expect(ran.out.replace(/\s+/g, ' ')).toMatch(new RegExp(`as expected: the ARN of a job.* ${OBSERVABLE.length} answers, 0 not thought of, 0 not seen, 3 not observable; \\d+ facts, 0 differ\\.`));
    expectNothingLeft();
  }, PATIENCE);

  test('makes nothing unless it is told to', async () => {
    expect(await run(account, team, { confirm: async () => false })).toMatchObject({ code: 1, out: '', err: expect.stringContaining('nothing was done') });
    expect(await run(account, team, { confirm: async () => undefined })).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect(account.simulator.jobs()).toEqual([]);
    expectNothingLeft();
  });

  test.each([0, 1, 20, 60])('ended by Ctrl-C after %i waits, it removes what it made', async (waits) => {
    let interrupt: () => void = () => undefined;
    let left = waits;
    const ran = await run(account, team, {
      onInterrupt: (listener) => {
        interrupt = listener;
        return () => undefined;
      },
      sleep: async (ms) => {
        if (left-- === 0) {
          interrupt();
        }
        await account.sleep(ms);
      },
    });
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/Ending; .*error: the probe was ended/s) });
    expectNothingLeft();
  }, PATIENCE);

  test('an error of the service ends it, is told, and leaves nothing', async () => {
    account.memory.faults = (operation) => {
      if (operation === 'sns.ListSubscriptionsByTopic') {
        throw new Error('not now');
      }
      return 'ok';
    };
    expect(await run(account, team)).toMatchObject({ code: 1, err: expect.stringContaining('error: not now') });
    account.memory.faults = undefined;
    expectNothingLeft();
  }, PATIENCE);

  test('what was brought is used and stays; only what lies below the probe\'s own prefix goes', async () => {
    account.memory.buckets.create('mine');
    account.memory.buckets.create('plain', { cors: false });
    account.memory.buckets.store('mine', 'else/a.txt', 'a');
    const ran = await run(account, [...team, '--bucket', 'mine', '--bucket-without-cors', 'plain', '--role', 'arn:aws:iam::111122223333:role/given', '--json']);
    expect(ran.err.replace(/\s+/g, ' ')).toMatch(/: 5 topics, a queue objects below mine\/probe-\w+\/ objects below plain\/probe-\w+\/ /);
    expect(account.simulator.jobs()[0].RoleArn).toBe('arn:aws:iam::111122223333:role/given');
    expect((JSON.parse(ran.out) as ProbeReport).questions.filter(({ asAssumed }) => asAssumed)).toHaveLength(OBSERVABLE.length);
    expect([account.memory.buckets.peekKeys('mine'), account.memory.buckets.peekKeys('plain')]).toEqual([['else/a.txt'], []]);
    expectNothingLeft();
  }, PATIENCE);

  test('what cannot be removed is told, and a later clean-up removes it', async () => {
    const { deleteStack } = account.workshop;
    account.workshop.deleteStack = () => Promise.reject(new Error('no permission'));
    const ran = await run(account, [...team, '--json']);
    const id = idIn(ran.err);
    expect(ran).toMatchObject({ code: 3, err: expect.stringMatching(new RegExp(`Left over:\\n  stack ${id}: no permission\\nnext:  probe --clean-up ${id}`)) });
    expect(JSON.parse(ran.out)).toMatchObject({ leftOver: [{ what: `stack ${id}`, because: 'no permission' }] });
    account.workshop.deleteStack = deleteStack;
    expect(await run(account, ['--clean-up', id])).toMatchObject({ code: 0, out: `Nothing is left of ${id}.\n` });
    expectNothingLeft();
  }, PATIENCE);

  test.each([
    [[], /who labels\?/],
    [['--work-team', 'team'], /is not the ARN of a private or vendor work team/],
    [['--work-team', WORK_TEAM.replace('us-east-1', 'sa-east-1')], /there is no Ground Truth in sa-east-1/],
    [['--work-team', WORK_TEAM.replace('us-east-1', 'eu-west-1')], /the work team is in eu-west-1 and not in us-east-1/],
    [['--clean-up', 'probe-1'], /is not the id of a probe/],
  ])('%j is refused', async (argv, message) => {
    expect(await run(account, argv)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });
});

test('the role that is made reaches the probe\'s own things only', () => {
  const { Resources } = stackTemplate('probe-00000000', { workTeam: WORK_TEAM }) as { Resources: { Role: { Properties: { Policies: [{ PolicyDocument: { Statement: Statement[] } }] } } } };
  interface Statement { readonly Action: string | string[]; readonly Resource: unknown }
  const statements = Resources.Role.Properties.Policies[0].PolicyDocument.Statement;
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  expect(statements.filter(({ Resource }) => Resource === '*').map(({ Action }) => Action)).toEqual(['cloudwatch:PutMetricData']);
  expect(JSON.stringify(statements)).toContain('GroundTruth-probe-00000000-*');
});

test.each(['1', '2', '3'] as const)('the picture of %s is a whole PNG', async (digit) => {
  expect(inspect(digitPicture(digit))).toMatchObject({ ok: true, type: 'png', width: 360, height: 440 });
});
