import { ImageAnnotation, ImageAnnotator, ShapeType, createImageAnnotator } from '@annotorious/annotorious';
import { labelColors } from './colors';
import { make } from './dom';
import { Tool } from './tool';

/** In pixels of the image, whole ones, from its upper left corner. */
interface Box {
  height: number;
  label: string;
  left: number;
  top: number;
  width: number;
}

const SIDES = ['left', 'top', 'width', 'height'] as const;

/** `crowd-bounding-box`: boxes are drawn with the pointer, or written as numbers. */
export class BoundingBox extends Tool {
  private readonly boxes = new Map<string, Box>();
  private readonly list = make('div');
  private labels: string[] = [];
  private colors: { [label: string]: string } = {};
  private annotator?: ImageAnnotator;
  private initial?: string;

  get value(): unknown {
    const { naturalHeight: height, naturalWidth: width } = this.image;
    return {
      boundingBoxes: [...this.boxes.values()],
      ...this.initial === undefined ? {} : { initialValueModified: this.state !== this.initial },
      inputImageProperties: { height, width },
    };
  }

  protected override build(): void {
    this.labels = this.choices('labels');
    this.colors = labelColors(this.labels);
    const choices = this.labels.map((label, index) => {
      const swatch = make('span', { class: 'swatch' });
      swatch.style.background = this.colors[label];
      return make('label', { class: 'choice' }, make('input', { type: 'radio', name: 'label', value: label, checked: index === 0 }), swatch, make('span', {}, label));
    });
    this.tools.append(
      make('fieldset', {}, make('legend', {}, 'Label of the next box'), ...choices),
      make('div', { class: 'row' }, make('button', { type: 'button', click: () => this.addBox() }, 'Add a box')),
      make('p', { class: 'soft' }, 'Draw with the pointer, or add a box and write its pixels.'),
      this.list,
    );
  }

  protected override start(): void {
    this.annotator = createImageAnnotator(this.image, {
      drawingMode: 'drag',
      style: ({ id }) => ({ stroke: this.colorOf(id), fill: this.colorOf(id), fillOpacity: 0.15, strokeWidth: 2 }) as never,
    });
    this.annotator.on('createAnnotation', (annotation) => {
      this.take(annotation);
      // a chosen box keeps the next one from being drawn
      setTimeout(() => this.annotator?.cancelSelected());
    });
    this.annotator.on('updateAnnotation', (annotation) => this.take(annotation));
    this.annotator.on('deleteAnnotation', ({ id }) => this.forget(id));
    const initial = this.json('initial-value') as Box[] | undefined;
    initial?.forEach(({ height, label, left, top, width }) => this.boxes.set(crypto.randomUUID(), { height, label, left, top, width }));
    this.initial = initial && this.state;
    this.annotator.setAnnotations([...this.boxes].map(([id, box]) => annotationOf(id, box)) as ImageAnnotation[]);
    this.show();
  }

  private get state(): string {
    return JSON.stringify([...this.boxes.values()]);
  }

  private get label(): string {
    return this.tools.querySelector<HTMLInputElement>('[name=label]:checked')!.value;
  }

  private colorOf(id: string): `#${string}` {
    return (this.colors[this.boxes.get(id)?.label ?? this.label] ?? '#000000') as `#${string}`;
  }

  /** What was drawn or moved. */
  private take({ id, target }: ImageAnnotation): void {
    const { minX, minY, maxX, maxY } = target.selector.geometry.bounds;
    const label = this.boxes.get(id)?.label ?? this.label;
    this.boxes.set(id, this.within({ height: maxY - minY, label, left: minX, top: minY, width: maxX - minX }));
    this.show();
  }

  /** A box of whole pixels within the image, at least one of them. */
  private within({ height, label, left, top, width }: Box): Box {
    const { naturalWidth, naturalHeight } = this.image;
    const x = Math.min(naturalWidth - 1, Math.max(0, Math.round(left)));
    const y = Math.min(naturalHeight - 1, Math.max(0, Math.round(top)));
    const right = Math.min(naturalWidth, Math.max(x + 1, Math.round(left + width)));
    const bottom = Math.min(naturalHeight, Math.max(y + 1, Math.round(top + height)));
    return { height: bottom - y, label, left: x, top: y, width: right - x };
  }

  private addBox(): void {
    const { naturalWidth: w, naturalHeight: h } = this.image;
    const id = crypto.randomUUID();
    const box = this.within({ height: h / 2, label: this.label, left: w / 4, top: h / 4, width: w / 2 });
    this.boxes.set(id, box);
    this.annotator?.addAnnotation(annotationOf(id, box) as ImageAnnotation);
    this.show();
    this.list.lastElementChild?.querySelector('input')?.focus();
  }

  private change(id: string, box: Box): void {
    const changed = this.within(box);
    this.boxes.set(id, changed);
    this.annotator?.updateAnnotation(annotationOf(id, changed) as ImageAnnotation);
    this.show();
  }

  private forget(id: string): void {
    this.boxes.delete(id);
    this.show();
  }

  /** The list follows the boxes; rows that stay keep the focus that they have. */
  private show(): void {
    const rows = new Map([...this.list.children].map((row) => [(row as HTMLElement).dataset.id!, row as HTMLElement]));
    rows.forEach((row, id) => this.boxes.has(id) || row.remove());
    [...this.boxes].forEach(([id, box], index) => {
      const row = rows.get(id) ?? this.list.appendChild(this.row(id));
      row.setAttribute('aria-label', `Box ${index + 1}`);
      row.querySelector('strong')!.textContent = `Box ${index + 1}`;
      row.querySelector('select')!.value = box.label;
      SIDES.forEach((side) => { row.querySelector<HTMLInputElement>(`[name=${side}]`)!.value = String(box[side]); });
    });
  }

  private row(id: string): HTMLElement {
    const current = (): Box => this.boxes.get(id)!;
    const select = make('select', { 'aria-label': 'Label', 'change': () => this.change(id, { ...current(), label: select.value }) },
      ...this.labels.map((label) => make('option', {}, label)));
    const numbers = SIDES.map((side): HTMLElement => {
      const input = make('input', { type: 'number', name: side, min: 0, step: 1, change: () => this.change(id, { ...current(), [side]: Number(input.value) }) });
      return make('label', {}, make('small', {}, side), input);
    });
    const gone = (): void => {
      this.annotator?.removeAnnotation(id);
      this.forget(id);
    };
    return make('div', { 'class': 'box', 'role': 'group', 'data-id': id }, make('strong'), ' ', select,
      make('div', { class: 'numbers' }, ...numbers), make('button', { type: 'button', click: gone }, 'Delete'));
  }
}

function annotationOf(id: string, { left: x, top: y, width: w, height: h }: Box): unknown {
  return {
    id, bodies: [],
    target: {
      annotation: id,
      selector: { type: ShapeType.RECTANGLE, geometry: { x, y, w, h, bounds: { minX: x, minY: y, maxX: x + w, maxY: y + h } } },
    },
  };
}
