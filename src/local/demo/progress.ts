/** What a viewer wants to know while the demo runs. */
export interface Progress {
  /** Seconds. */
  readonly elapsed: number;
  /** One sentence. */
  readonly now: string;
  /** Files that were dropped, and what the project made of them so far. */
  readonly drops: { readonly dropped: number; readonly images: number; readonly duplicates: number; readonly quarantined: number };
  /** `total`: images that will be labeled in the end. */
  readonly images: { readonly labeled: number; readonly withWorkers: number; readonly waiting: number; readonly total: number };
  readonly window: number;
  readonly jobs: readonly JobProgress[];
}

export interface JobProgress {
  readonly name: string;
  readonly status: string;
  readonly offered: number;
  readonly labeled: number;
}

/** Colours of a terminal. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
}

const plain = (text: string) => text;
const sgr = (on: number, off: number) => (text: string) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`);

export const NO_COLORS: Palette = { bold: plain, dim: plain, green: plain, blue: plain, yellow: plain, red: plain };
export const COLORS: Palette = {
  bold: sgr(1, 22), dim: sgr(2, 22), green: sgr(32, 39), blue: sgr(34, 39), yellow: sgr(33, 39), red: sgr(31, 39),
};

/** Rows that `renderProgress` fills at most, with two jobs. */
export const PROGRESS_ROWS = 9;
/** The narrowest terminal that the table fits. Unit: columns. */
export const PROGRESS_COLUMNS = 72;
const WIDEST = 100;
const MARGIN = '  ';
const NAMES = 10;
/** Jobs that are shown: the last ones. */
const JOBS_SHOWN = 3;

/** The table, as lines that are no wider than `columns`. */
export function renderProgress(progress: Progress, columns: number, palette: Palette): string[] {
  const width = Math.min(columns, WIDEST) - 2 * MARGIN.length;
  const { drops, images, jobs, window, elapsed, now } = progress;
  const time = clock(elapsed);
  const title = 'Streaming labeling demo';
  const facts = [
    count(drops.images, 'image'), count(drops.duplicates, 'duplicate'), `${drops.quarantined} in quarantine`,
  ].join(', ');
  const lines = [
    palette.bold(title) + ' '.repeat(Math.max(1, width - title.length - time.length)) + palette.dim(time),
    '',
    row('drops', cut(`${drops.dropped} files: ${facts}`, width - NAMES), palette),
    row('images', imagesBar(images, width - NAMES, palette), palette),
    row('', palette.dim(cut(`${images.labeled} labeled, ${images.withWorkers} of ${window} with workers, ${images.waiting} waiting`, width - NAMES)), palette),
    ...jobs.slice(-JOBS_SHOWN).map(job => jobRow(job, width, palette)),
    '',
    row('now', cut(now, width - NAMES), palette),
  ];
  return lines.map(line => (line === '' ? '' : MARGIN + line));
}

function row(name: string, text: string, palette: Palette): string {
  return palette.dim(name.padEnd(NAMES)) + text;
}

function imagesBar({ labeled, withWorkers, waiting, total }: Progress['images'], width: number, palette: Palette): string {
  const text = ` ${labeled} of ${total}`;
  const length = Math.max(1, width - text.length);
  const most = Math.max(total, labeled + withWorkers + waiting, 1);
  const end = (value: number) => Math.round((value / most) * length);
  const [first, second, third] = [end(labeled), end(labeled + withWorkers), end(labeled + withWorkers + waiting)];
  return palette.green('█'.repeat(first)) + palette.blue('▓'.repeat(second - first)) + palette.yellow('▒'.repeat(third - second))
    + palette.dim('░'.repeat(length - third)) + text;
}

const JOB_STATUS = 14;
const JOB_FACTS = 18;

function jobRow({ name, status, offered, labeled }: JobProgress, width: number, palette: Palette): string {
  const facts = `${labeled} of ${offered} labeled`.padStart(JOB_FACTS);
  const length = 14;
  const full = offered === 0 ? 0 : Math.round((labeled / offered) * length);
  const shown = cut(name, width - NAMES - JOB_STATUS - JOB_FACTS - length - 2);
  const color = status === 'InProgress' ? palette.green : status === 'Failed' ? palette.red : palette.yellow;
  return row('job', `${shown.padEnd(width - NAMES - JOB_STATUS - JOB_FACTS - length - 1)} `, palette)
    + color(status.padEnd(JOB_STATUS)) + palette.green('█'.repeat(full)) + palette.dim('░'.repeat(length - full)) + facts;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Shortens a text, with a sign that it was. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** `1:05` for 65 seconds. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** A part of the story: when, what about, what. As many lines as it takes. */
export function storyLines(elapsed: number, topic: string, text: string, columns: number, palette: Palette): string[] {
  const time = `${clock(elapsed).padStart(5)}  `;
  const indent = time.length + NAMES + 2;
  return wrap(text, columns - indent).map((line, index) =>
    (index === 0 ? palette.dim(time) + topic.padEnd(NAMES + 2) : ' '.repeat(indent)) + line);
}

/** Breaks a text at spaces into lines of at most `width` characters; a longer word is cut, or has a line of its own. */
export function wrap(text: string, width: number, longWord: 'cut' | 'whole' = 'cut'): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/).map(one => (longWord === 'cut' ? cut(one, width) : one))) {
    const last = lines[lines.length - 1];
    if (last !== '' && last.length + 1 + word.length > width) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    }
  }
  return lines;
}
