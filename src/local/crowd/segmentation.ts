import type { LabelMappings } from './classifier';
import { channels, labelColors } from './colors';
import { make } from './dom';
import { Mask, Point, Region } from './mask';
import { Tool } from './tool';

interface InitialMask {
  readonly src?: string;
  readonly labelMappings?: LabelMappings;
}

const TOOLS = ['brush', 'polygon', 'eraser'] as const;

/** How many steps can be undone. */
const STEPS = 10;

/** How near to its beginning a polygon is closed, in pixels of the screen. */
const NEAR = 10;

/** `crowd-semantic-segmentation`: a mask, painted with brush, polygon and eraser; all of it with the keyboard too. */
export class SemanticSegmentation extends Tool {
  private labels: string[] = [];
  private colors: { [label: string]: string } = {};
  private mask = new Mask(0, 0);
  private tool: typeof TOOLS[number] = 'brush';
  private undo: Uint8Array[] = [];
  private polygon: Point[] = [];
  private cursor: Point = { x: 0, y: 0 };
  private initial?: Uint8Array;
  private readonly canvas = make('canvas', { 'tabindex': 0, 'role': 'application', 'aria-label': 'Mask: arrows move, Space paints or sets a corner, Enter closes a polygon' });
  /** The polygon and the keyboard's place. */
  private readonly pencil = make('canvas', { 'aria-hidden': 'true' });
  private readonly size = make('input', { type: 'range', min: 1, max: 200, value: 30 });

  get value(): unknown {
    const { width, height, classes } = this.mask;
    const labelMappings = Object.fromEntries(this.labels.map((label) => [label, { color: this.colors[label] }]));
    const modified = this.initial && classes.some((value, index) => value !== this.initial![index]);
    return {
      ...modified === undefined ? {} : { initialValueModified: modified },
      inputImageProperties: { height, width },
      labelMappings,
      labeledImage: { pngImageData: this.png() },
    };
  }

  protected override build(): void {
    this.labels = this.choices('labels');
    const { labelMappings = {} } = (this.json('initial-value') ?? {}) as InitialMask;
    const earlier = Object.entries(labelMappings).map(([label, { color }]) => [label, color.toLowerCase()]);
    this.colors = labelColors(this.labels, Object.fromEntries(earlier) as { [label: string]: string });
    const choices = this.labels.map((label, index) => {
      const swatch = make('span', { class: 'swatch' });
      swatch.style.background = this.colors[label];
      return make('label', { class: 'choice' }, make('input', { type: 'radio', name: 'label', value: index + 1, checked: index === 0 }), swatch, make('span', {}, label));
    });
    const buttons = TOOLS.map((name) => make('button', { 'type': 'button', 'aria-pressed': String(name === this.tool), 'data-tool': name, 'click': () => this.use(name) }, name[0].toUpperCase() + name.slice(1)));
    this.tools.append(
      make('fieldset', {}, make('legend', {}, 'Label'), ...choices),
      make('div', { 'class': 'row', 'role': 'group', 'aria-label': 'Tool' }, ...buttons),
      make('p', {}, make('label', {}, make('small', {}, 'Width in pixels '), this.size)),
      make('div', { class: 'row' }, make('button', { type: 'button', click: () => this.back() }, 'Undo')),
    );
  }

  protected override async start(): Promise<void> {
    const { naturalWidth: width, naturalHeight: height } = this.image;
    this.mask = new Mask(width, height);
    this.cursor = { x: Math.floor(width / 2), y: Math.floor(height / 2) };
    for (const canvas of [this.canvas, this.pencil]) {
      Object.assign(canvas, { width, height });
    }
    this.canvas.style.opacity = '0.6';
    this.pencil.style.pointerEvents = 'none';
    this.stage.append(this.canvas, this.pencil);
    await this.takeInitial().catch(() => this.fail('The earlier mask cannot be read.'));
    this.draw({ left: 0, top: 0, right: width, bottom: height });
    this.listen();
  }

  /** A pixel is of the class whose colour it has. */
  private async takeInitial(): Promise<void> {
    const initial = this.json('initial-value') as InitialMask | undefined;
    if (!initial?.src) {
      return;
    }
    const image = new Image();
    image.crossOrigin = 'anonymous';
    image.src = initial.src;
    await image.decode();
    const { width, height } = this.mask;
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d', { willReadFrequently: true })!;
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const classes = new Map(this.labels.map((label, index) => [channels(this.colors[label]).join(), index + 1]));
    for (let pixel = 0; pixel < width * height; pixel++) {
      const at = 4 * pixel;
      this.mask.classes[pixel] = data[at + 3] === 0 ? 0 : classes.get(`${data[at]},${data[at + 1]},${data[at + 2]}`) ?? 0;
    }
    this.initial = this.mask.classes.slice();
  }

  private listen(): void {
    let last: Point | undefined;
    this.canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) {
        return;
      }
      const at = this.pointOf(event);
      if (this.tool === 'polygon') {
        return this.corner(at);
      }
      this.canvas.setPointerCapture(event.pointerId);
      this.remember();
      this.paint(at, at);
      last = at;
    });
    this.canvas.addEventListener('pointermove', (event) => {
      if (last) {
        const at = this.pointOf(event);
        this.paint(last, at);
        last = at;
      }
    });
    ['pointerup', 'pointercancel'].forEach((name) => this.canvas.addEventListener(name, () => { last = undefined; }));
    this.canvas.addEventListener('dblclick', () => this.close());
    this.canvas.addEventListener('keydown', (event) => this.press(event));
    ['focus', 'blur'].forEach((name) => this.canvas.addEventListener(name, () => this.sketch()));
  }

  private press(event: KeyboardEvent): void {
    const step = event.shiftKey ? 1 : Math.max(1, Math.round(Number(this.size.value) / 2));
    const moves: { readonly [key: string]: readonly [number, number] } = {
      ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step],
    };
    const move = moves[event.key];
    if (move) {
      const { width, height } = this.mask;
      const within = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at));
      this.cursor = { x: within(this.cursor.x + move[0], width), y: within(this.cursor.y + move[1], height) };
      this.sketch();
    } else if (event.key === ' ') {
      this.act();
    } else if (event.key === 'Enter') {
      this.close();
    } else if (event.key === 'Escape') {
      this.polygon = [];
      this.sketch();
    } else if (event.key === 'z' && (event.ctrlKey || event.metaKey)) {
      this.back();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** The tool, where the keyboard is. */
  private act(): void {
    if (this.tool === 'polygon') {
      return this.corner(this.cursor);
    }
    this.remember();
    this.paint(this.cursor, this.cursor);
  }

  private pointOf(event: MouseEvent): Point {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return { x: ((event.clientX - left) * this.mask.width) / width, y: ((event.clientY - top) * this.mask.height) / height };
  }

  private use(tool: typeof TOOLS[number]): void {
    this.tool = tool;
    this.polygon = [];
    this.tools.querySelectorAll<HTMLElement>('[data-tool]').forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.tool === tool)));
    this.sketch();
  }

  private get chosen(): number {
    return this.tool === 'eraser' ? 0 : Number(this.tools.querySelector<HTMLInputElement>('[name=label]:checked')!.value);
  }

  private paint(from: Point, to: Point): void {
    this.draw(this.mask.stroke(from, to, Number(this.size.value), this.chosen));
  }

  /** A corner of the polygon; near to the first it closes it. */
  private corner(at: Point): void {
    const near = (NEAR * this.mask.width) / (this.canvas.getBoundingClientRect().width || 1);
    const [first] = this.polygon;
    if (this.polygon.length > 2 && Math.hypot(at.x - first.x, at.y - first.y) <= near) {
      return this.close();
    }
    this.polygon.push(at);
    this.sketch();
  }

  private close(): void {
    if (this.polygon.length > 2) {
      this.remember();
      this.draw(this.mask.fill(this.polygon, this.chosen));
    }
    this.polygon = [];
    this.sketch();
  }

  private remember(): void {
    this.undo = [...this.undo.slice(1 - STEPS), this.mask.classes.slice()];
  }

  private back(): void {
    const earlier = this.undo.pop();
    if (earlier) {
      this.mask.classes.set(earlier);
      this.draw({ left: 0, top: 0, right: this.mask.width, bottom: this.mask.height });
    }
  }

  private draw(region: Region): void {
    if (region.right > region.left && region.bottom > region.top) {
      this.canvas.getContext('2d')!.putImageData(this.pixels(region, [0, 0, 0, 0]), region.left, region.top);
    }
  }

  private pixels({ left, top, right, bottom }: Region, background: readonly number[]): ImageData {
    const pixels = new ImageData(right - left, bottom - top);
    const colors = [background, ...this.labels.map((label) => [...channels(this.colors[label]), 255])];
    for (let row = top, at = 0; row < bottom; row++) {
      for (let column = left; column < right; column++, at += 4) {
        pixels.data.set(colors[this.mask.classes[row * this.mask.width + column]], at);
      }
    }
    return pixels;
  }

  /** The corners of the polygon, and where the keyboard is. */
  private sketch(): void {
    const context = this.pencil.getContext('2d')!;
    const unit = this.mask.width / (this.canvas.getBoundingClientRect().width || 1);
    context.clearRect(0, 0, this.mask.width, this.mask.height);
    const line = (points: readonly Point[]): void => {
      for (const [color, width] of [['#000000', 4], ['#ffffff', 2]] as const) {
        Object.assign(context, { strokeStyle: color, lineWidth: width * unit });
        context.beginPath();
        points.forEach(({ x, y }) => context.lineTo(x, y));
        context.stroke();
      }
    };
    line(this.polygon);
    if (this.canvas.matches(':focus-visible')) {
      const { x, y } = this.cursor;
      line([{ x: x - NEAR * unit, y }, { x: x + NEAR * unit, y }]);
      line([{ x, y: y - NEAR * unit }, { x, y: y + NEAR * unit }]);
    }
  }

  /** In the colours of the labels, on white as in the masks that Ground Truth makes of it. */
  private png(): string {
    const { width, height } = this.mask;
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.getContext('2d')!.putImageData(this.pixels({ left: 0, top: 0, right: width, bottom: height }, [255, 255, 255, 255]), 0, 0);
    return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
  }
}
