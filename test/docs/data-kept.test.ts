import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PREFIX } from '../../src/contract/environment';
import { DAY, HOUR, MINUTE } from '../support/memory-project';
import { images, pass, runningProject } from '../support/running-project';

const PAGE = readFileSync(join(__dirname, '../../docs/data-kept.md'), 'utf8');

test('says of every prefix what is kept there', () => {
  expect(Object.values(PREFIX).filter((prefix) => !PAGE.includes(`\`${prefix}\``))).toEqual([]);
});

test('an image that was erased as the page says is in nothing that the project keeps, and stays away', async () => {
  const project = await runningProject();
  await project.label(3);
  await project.rounds(8);
  expect(project.dataSet()).toHaveLength(3);
  const image = images(project)['cam/1.jpg'];
  const [sourceRef, sha256] = [String(image.sourceRef), String(image.sha256)];
  const { buckets } = project.outside.cloud;
  const { table } = project.outside;
  // the objects, the partitions and the data set
  for (const bucket of ['input', 'output']) {
    for (const key of buckets.peekKeys(bucket)) {
      const text = Buffer.from(buckets.read(bucket, key).body).toString();
      if (key.includes('cam/1') || (key.startsWith(PREFIX.DATA_SETS) && key.endsWith('.manifest') && text.includes(sourceRef))) {
        await buckets.delete(bucket, key);
      }
    }
  }
  const erased = [...table.items()].filter(({ pk, sk }) =>
    pk === `IMAGE#${sourceRef}` || String(pk).endsWith('/cam/1.jpg') || pk === `CONTENT#${sha256}` || (pk === 'OUTBOX' && String(sk).endsWith(sourceRef)));
  expect(new Set(erased.map(({ pk }) => String(pk).split('#')[0]))).toEqual(new Set(['IMAGE', 'DROP', 'CONTENT']));
  for (const { pk, sk } of erased) {
    await table.write([{ remove: { pk: String(pk), sk: String(sk) } }]);
  }
  const count = [...table.items()].find(({ pk, sk }) => pk === 'PROJECT' && String(sk).startsWith('COUNT#'))!;
  await table.write([{ update: { pk: 'PROJECT', sk: String(count.sk) }, add: { 'image:LABELED': -1 } }]);
  // the project writes the data set anew, says so once, and goes on
  await pass(project, 3 * HOUR, MINUTE);
  const told = (): number => project.outside.cloud.bus.events.filter(({ detail }) => JSON.stringify(detail).includes('"drift"')).length;
  const before = told();
  expect(before).toBeGreaterThan(0);
  expect(project.dataSet().map((line) => line['drop-key']).sort()).toEqual(['cam/0.jpg', 'cam/2.jpg']);
  expect((await project.read()).dataSet.rebuilt?.why).toContain('is not there');
  await pass(project, 3 * DAY, HOUR);
  expect(told()).toBe(before);
  await project.drop('cam/later.jpg');
  await project.finish();
  expect(project.dataSet()).toHaveLength(3);
  const left = [...table.items()].filter((item) => JSON.stringify(item).includes(sha256) || JSON.stringify(item).includes(sourceRef));
  expect(left.map(({ pk }) => pk)).toEqual([]);
}, 30_000);
