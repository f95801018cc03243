import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PageTask } from '../../../src/contract/worker-template';
import { previewedPage } from '../../../src/local/preview/worker-page';

const PHOTO = join(__dirname, '../../../examples/photos/table/coffee.jpg');
const TEMPLATE = '<crowd-form>{% for label in task.input.labels %}<b>{{ label }}</b>{% endfor %}</crowd-form>';

/** What the page finds as `task.input.labels`. */
function labelsOf(task: Partial<PageTask>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'labels-'));
  try {
    writeFileSync(join(folder, 'template.liquid.html'), TEMPLATE);
    const { html = '' } = previewedPage(
      { path: folder, image: PHOTO, task: { type: 'BoundingBox', title: 't', description: 'd', labels: [], ...task } }, (name) => name,
    );
    return [...html.matchAll(/<b>(.*?)<\/b>/g)].map(([, label]) => label);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a page finds the labels that a job would hand to it: with those that are retired, and those that are judged', () => {
  expect(labelsOf({ labels: [{ name: 'moth' }, { name: 'old', retired: true }] })).toEqual(['moth', 'old']);
  expect(labelsOf({
    type: 'VerificationBoundingBox', earlierLabelAttribute: 'boxes', labels: [{ name: 'good' }, { name: 'bad' }], earlierLabels: ['moth', 'good'],
  })).toEqual(['good', 'bad', 'moth']);
});
