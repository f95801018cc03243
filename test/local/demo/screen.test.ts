import { Progress } from '../../../src/local/demo/progress';
import { Output, Screen } from '../../../src/local/demo/screen';

const progress: Omit<Progress, 'elapsed'> = {
  now: 'Waiting.', drops: { dropped: 1, images: 1, duplicates: 0, quarantined: 0 }, window: 4, jobs: [],
  images: { labeled: 0, withWorkers: 0, waiting: 1, total: 1 },
};

/** What a terminal shows: lines, moved up, erased and written again. */
class Terminal implements Output {
  public readonly isTTY = true;
  public raw = '';
  public lines: string[] = [''];
  private cursor = 0;

  public constructor(public readonly columns: number, public readonly rows: number) {}

  public write(text: string): void {
    this.raw += text;
    // eslint-disable-next-line no-control-regex
    for (const part of text.match(/\u001b\[\d*[A-Za-z]|\u001b\[\?25[lh]|\n|\r|[^\u001b\n\r]+/g) ?? []) {
      if (part.endsWith('A')) {
        const up = Number(part.slice(2, -1));
        this.cursor -= up;
      } else if (part.endsWith('J')) {
        this.lines = [...this.lines.slice(0, this.cursor), ''];
      } else if (part === '\n') {
        this.cursor += 1;
        this.lines[this.cursor] ??= '';
      } else if (!part.startsWith('\u001b') && part !== '\r') {
        this.lines[this.cursor] += part;
      }
    }
  }
}

test('a terminal shows the story above one table', () => {
  const terminal = new Terminal(80, 24);
  const screen = new Screen(terminal, { NO_COLOR: '1' });
  screen.say('deploy', 'first');
  screen.show(progress);
  screen.say('drop', 'second');
  screen.show({ ...progress, now: 'Going on.' });
  screen.close();
  const text = terminal.lines.join('\n');
  expect(text).toMatch(/deploy +first\n.*drop +second\n\n +Streaming labeling demo/);
  expect(text.match(/Streaming labeling demo/g)).toHaveLength(1);
  expect(text).toContain('Going on.');
  expect(text).not.toContain('Waiting.');
  expect(terminal.raw.endsWith('\u001b[?25h')).toBe(true);
});

test.each([
  ['a pipe', { columns: undefined, rows: undefined, isTTY: undefined }, {}],
  ['a narrow terminal', { columns: 60, rows: 24, isTTY: true }, { NO_COLOR: '1' }],
  ['a low terminal', { columns: 80, rows: 10, isTTY: true }, { NO_COLOR: '1' }],
  ['a terminal of a build server', { columns: 80, rows: 24, isTTY: true }, { CI: 'true' }],
  ['a dumb terminal', { columns: 80, rows: 24, isTTY: true }, { TERM: 'dumb' }],
])('%s gets plain lines only', (_name, shape, env) => {
  const written: string[] = [];
  const screen = new Screen({ ...shape, write: (text: string) => written.push(text) }, env);
  screen.say('deploy', 'first');
  screen.show(progress);
  screen.say('drop', 'second');
  screen.close();
  // eslint-disable-next-line no-control-regex
  expect(written.join('')).toMatch(/^ 0:0\d {2}deploy {6}first\n 0:0\d {2}drop {8}second\n$/);
});
