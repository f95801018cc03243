import * as fc from 'fast-check';
import { PREFIX } from '../../src/contract/environment';
import { bindImages, composeInstructions } from '../../src/lint';
import { longestAddress } from '../../src/lint/longest-page';
import { exampleImageKey, s3Uri } from '../../src/runtime/core/object-keys';
import { contentHash } from '../../src/runtime/instructions/version';

const TASK = { type: 'BoundingBox', title: 't', description: 'd', labels: [{ name: 'a' }] } as const;
const BUCKET_MAX = 'b'.repeat(63);

const addressOf = (image: string): string => s3Uri(BUCKET_MAX, exampleImageKey(PREFIX.CONFIG, contentHash(image), image, 'jpg'));

test('no image gets a longer address than the lint counts with', () => {
  const step = fc.string({ unit: 'binary', minLength: 1, maxLength: 250 }).filter((text) => !text.includes('/'));
  fc.assert(fc.property(fc.array(step, { maxLength: 3 }), step, fc.constantFrom('.jpg', '.tiff', '.AVIF', ''), (folders, name, ending) => {
    const image = [...folders, `${name}${ending}`].join('/');
    expect(addressOf(image).length).toBeLessThanOrEqual(longestAddress(image).length);
  }));
});

describe('a page that fits only as long as its images are named by their files', () => {
  /** So many sections with an image each. */
  const full = (sections: number): string => Array.from({ length: sections }, (_, index) => `## ${index} ${'x'.repeat(120)}\n\n![](a.jpg)\n`).join('\n');
  const own = (sections: number): string => [
    '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>', '<crowd-form>',
    '<crowd-bounding-box name="boundingBox" src="{{ task.input.taskObject | grant_read_access }}" header="h" labels="[\'a\']">',
    `<full-instructions header="h">${`<p>${'x'.repeat(140)}</p><img src="a.jpg" alt="">`.repeat(sections)}</full-instructions>`,
    '<short-instructions></short-instructions>', '</crowd-bounding-box>', '</crowd-form>',
  ].join('\n');

  test.each([['full.md', full], ['template.liquid.html', own]] as const)('is refused: %s', (file, text) => {
    const compose = (sections: number, images = ['a.jpg', 'b.jpg']) => composeInstructions({ files: { [file]: text(sections) }, images }, TASK);
    const { template, problems } = compose(500);
    const published = bindImages(template, { 'a.jpg': addressOf('a.jpg') }).template;
    expect(template.length).toBeLessThan(128_000);
    expect(problems).toEqual([{
      file, severity: 'error', rule: 'too-long', line: 1, column: 1,
      message: `the page has ${template.length} characters, and up to ${published.length + 500 * '.jpg'.length} when the addresses of its example images stand in the place of their names; `
        + '128000 are allowed: show images less often or shorten the text',
    }]);
    expect(compose(350, ['a.jpg']).problems).toEqual([]);
  });
});
