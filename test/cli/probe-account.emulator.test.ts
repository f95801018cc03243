import { openAccount } from '../../src/cli/aws/probe-account';
import { ProbeAccount } from '../../src/cli/probe/account';
import { cleanUp } from '../../src/cli/probe/clean-up';
import { lineIn } from '../../src/cli/probe/lab';
import { Brought, Stage, setUp } from '../../src/cli/probe/stage';
import { StartedEmulator, isPythonMissing, startEmulator } from '../support/emulator';
import { SimulatedAccount, WORK_TEAM } from '../support/probe-account';

const ID = 'probe-0a1b2c3d';
const BROUGHT: Brought = { workTeam: WORK_TEAM };

/** The first run installs the emulator. */
const START_MS = 300_000;

jest.setTimeout(60_000);

if (isPythonMissing()) {
  const message = 'SKIPPED: the probe was NOT tested with an account, because no Python 3.10 or later runs here for the emulator.';
  console.warn(message);
  it.skip(message, () => undefined);
} else {
  describe('what a probe works with, in an emulated account', () => {
    const environment = { ...process.env };
    const sleep = () => new Promise<void>((resolve) => setTimeout(resolve, 100));
    let emulator: StartedEmulator;
    let service: SimulatedAccount;
    let account: ProbeAccount;
    let stage: Stage;

    beforeAll(async () => {
      emulator = await startEmulator();
      service = await SimulatedAccount.start();
      Object.assign(process.env, {
        AWS_ENDPOINT_URL: emulator.connection.endpoint, AWS_ENDPOINT_URL_SAGEMAKER: service.endpoint,
        AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: emulator.connection.region,
      });
      account = await openAccount({ region: emulator.connection.region });
      stage = await setUp(account, ID, BROUGHT, () => undefined, sleep);
    }, START_MS);

    afterAll(async () => {
      process.env = environment;
      await service?.close();
      await emulator?.stop();
    });

    test('the stack gives everything a name', () => {
      expect(stage).toMatchObject({ id: ID, roleArn: expect.stringMatching(/^arn:aws:iam::111122223333:role\//), queueUrl: expect.stringContaining(`${ID}-output`) });
      expect(Object.entries(stage.topics).map(([topic, arn]) => [arn, arn.endsWith(`:${ID}-${topic}`)])).toEqual(Object.values(stage.topics).map((arn) => [arn, true]));
    });

    test('objects are written, read and found', async () => {
      const before = Math.floor(Date.now() / 1000) * 1000;
      await account.cloud.put(stage.bucket, `${stage.prefix}a b.txt`, 'text', 'text/plain');
      expect(await account.cloud.read(stage.bucket, `${stage.prefix}a b.txt`)).toEqual({ text: 'text', writtenAt: expect.any(Number) });
      expect((await account.cloud.read(stage.bucket, `${stage.prefix}a b.txt`))!.writtenAt).toBeGreaterThanOrEqual(before);
      expect(await account.cloud.read(stage.bucket, 'none')).toBeUndefined();
      expect(await account.cloud.keys(stage.bucket, stage.prefix)).toEqual([`${stage.prefix}a b.txt`]);
    });

    test('what is published to the output topic is received once', async () => {
      const sent = Date.now();
      await account.cloud.publish(stage.topics.output, '{"source-ref":"s3://a/b"}');
      let found: Awaited<ReturnType<ProbeAccount['cloud']['receive']>> = [];
      for (let time = 0; time < 50 && found.length === 0; time++) {
        await sleep();
        found = await account.cloud.receive(stage.queueUrl);
      }
      expect(found.map(({ body }) => lineIn(body))).toEqual([{ 'source-ref': 's3://a/b' }]);
      expect(Math.abs(found[0].sentAt - sent)).toBeLessThan(60_000);
      expect(await account.cloud.receive(stage.queueUrl)).toEqual([]);
      expect(await account.cloud.subscriptions(stage.topics.output)).toEqual([{ protocol: 'sqs', endpoint: expect.stringContaining(`${ID}-output`), raw: false }]);
      expect(await account.cloud.subscriptions(stage.topics.main)).toEqual([]);
    });

    test('queues are known by name', async () => {
      expect(await account.cloud.queueExists(`${ID}-output`)).toBe(true);
      expect(await account.cloud.queueExists('GroundTruth-none')).toBe(false);
    });

    // the last: it takes everything away
    test('all of it is removed, and removing it again does no harm', async () => {
      expect(await cleanUp(account, ID, BROUGHT, () => undefined, sleep)).toEqual([]);
      expect(await account.workshop.stack(ID)).toBeUndefined();
      expect(await account.cloud.queueExists(`${ID}-output`)).toBe(false);
      expect(await cleanUp(account, ID, BROUGHT, () => undefined, sleep)).toEqual([]);
    });
  });
}
