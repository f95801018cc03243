import { COLORS, NO_COLORS, Palette, Progress, PROGRESS_COLUMNS, PROGRESS_ROWS, renderProgress, storyLines } from './progress';

/** Where the demo writes: standard output, or a test's own. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const PLAIN_COLUMNS = 80;
/** Between two drawings of the table when nothing else happens, so that the time goes on. Unit: milliseconds. */
const REDRAW = 1_000;

const UP = (lines: number) => `\u001b[${lines}A`;
const CLEAR_BELOW = '\r\u001b[J';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/**
 * Tells the story of a run. On a terminal that is large enough, lines scroll by above a table that is drawn again and again;
 * everywhere else there are plain lines only.
 */
export class Screen {
  public readonly palette: Palette;
  private readonly start = Date.now();
  private progress?: Omit<Progress, 'elapsed'>;
  private drawn = 0;
  private timer?: NodeJS.Timeout;

  public constructor(private readonly output: Output, private readonly env: NodeJS.ProcessEnv = process.env) {
    const isTerminal = this.isTerminal();
    this.palette = isTerminal && !this.env.NO_COLOR ? COLORS : NO_COLORS;
  }

  /** Something that stays. */
  public say(topic: string, text: string): void {
    this.print(storyLines(this.elapsed, topic, text, this.columns, this.palette).join('\n'));
  }

  /** How things are now. */
  public show(progress: Omit<Progress, 'elapsed'>): void {
    this.progress = progress;
    if (this.drawsTable() && this.timer === undefined) {
      this.output.write(HIDE_CURSOR);
      process.once('exit', this.restore);
      this.timer = setInterval(() => this.draw(), REDRAW);
      this.timer.unref();
    }
    this.draw();
  }

  /** Lines as they are, above the table. */
  public print(text: string): void {
    this.draw(`${text}\n`);
  }

  /** Ends the drawing; the table as it was last stays. */
  public close(): void {
    if (this.timer !== undefined) {
      clearInterval(this.timer);
      this.timer = undefined;
      this.output.write(SHOW_CURSOR);
      process.off('exit', this.restore);
    }
    this.progress = undefined;
    this.drawn = 0;
  }

  private readonly restore = () => this.close();

  /** Columns that may be used. */
  public get columns(): number {
    return this.isTerminal() ? Math.max(40, this.output.columns ?? PLAIN_COLUMNS) : PLAIN_COLUMNS;
  }

  private get elapsed(): number {
    return (Date.now() - this.start) / 1000;
  }

  /** In one piece, so that nothing flickers: takes the table away, writes the text, and draws the table again. */
  private draw(text = ''): void {
    const erased = this.drawn > 0 ? UP(this.drawn) + CLEAR_BELOW : '';
    const table = this.progress !== undefined && this.drawsTable()
      ? ['', ...renderProgress({ ...this.progress, elapsed: this.elapsed }, this.columns, this.palette)]
      : [];
    this.drawn = table.length;
    if (erased !== '' || text !== '' || table.length > 0) {
      this.output.write(erased + text + table.map(line => `${line}\n`).join(''));
    }
  }

  private isTerminal(): boolean {
    return this.output.isTTY === true && this.env.TERM !== 'dumb' && !this.env.CI;
  }

  private drawsTable(): boolean {
    return this.isTerminal() && (this.output.columns ?? 0) >= PROGRESS_COLUMNS && (this.output.rows ?? 0) >= PROGRESS_ROWS + 6;
  }
}
