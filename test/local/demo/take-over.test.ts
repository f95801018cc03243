import { setTimeout as sleep } from 'node:timers/promises';
import { takeOver } from '../../../src/local/demo/take-over';
import { Team, TeamOptions } from '../../../src/local/demo/team';
import { Desk } from '../../../src/local/portal/desk';
import { Harness } from '../simulator/harness';

const SECONDS = 0.6;

let h: Harness;
let desk: Desk;
let team: Team;

beforeEach(async () => {
  h = new Harness();
  const images = ['a', 'b', 'c'].map((name) => h.image(`${name}.png`));
  await h.start();
  h.publishImages(...images);
  await h.simulator.step();
  desk = new Desk(h.simulator);
  const workers = { answer: async () => ({ answer: { kind: 'classification', label: 'cat' }, view: { pixelHash: 'p' } }) };
  team = takeOver({ simulator: h.simulator, workers } as unknown as TeamOptions['stage'], desk, SECONDS, 1);
});
afterEach(() => team.stop());

const images = (): string[] => team.labelings.map(({ sourceRef }) => sourceRef.split('/').at(-1)!).sort();

async function until(isSo: () => boolean): Promise<void> {
  for (let looks = 0; looks < 200 && !isSo(); looks += 1) {
    await sleep(20);
  }
}

test('simulated workers label what nobody answered for so long, and leave the task that somebody has open', async () => {
  const { task } = await desk.take('you', 'one');
  expect(task!.name).toContain('a.png');
  const began = Date.now();
  team.start();
  await until(() => team.labelings.length === 2);
  // the first look comes right after the start: none is taken sooner
  expect(Date.now() - began).toBeGreaterThanOrEqual(SECONDS * 1000);
  await sleep(300);
  expect(images()).toEqual(['b.png', 'c.png']);
  expect(h.recorded().map((line) => line['labels-metadata']['class-name'])).toEqual(['cat', 'cat']);
  // the person is still in time
  await h.simulator.submit(task!.id, 'you', { kind: 'classification', label: 'dog' });
  desk.leave('you');
  expect(h.recorded()).toHaveLength(3);
  expect(team.trouble).toBeUndefined();
});

test('a task that the simulator refuses to them keeps nothing else from running', async () => {
  const { task } = await desk.take('you', 'one');
  desk.leave('you'); // as between the two steps of taking one
  team.start();
  await until(() => team.labelings.length === 2);
  await sleep(300);
  expect(images()).toEqual(['b.png', 'c.png']);
  await h.simulator.submit(task!.id, 'you', { kind: 'classification', label: 'dog' });
  expect(h.recorded()).toHaveLength(3);
});
