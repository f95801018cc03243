/** A point in pixels of the image. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A part of the image, in whole pixels; right and bottom are outside. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A class for each pixel of an image; 0 is background. No pixel is half of a class, as a drawn line's edges would be. */
export class Mask {
  readonly classes: Uint8Array;

  constructor(readonly width: number, readonly height: number) {
    this.classes = new Uint8Array(width * height);
  }

  /** Paints a round brush along a line. Answers what may have changed. */
  stroke(from: Point, to: Point, diameter: number, value: number): Region {
    const radius = diameter / 2;
    const region = this.clip({
      left: Math.min(from.x, to.x) - radius, top: Math.min(from.y, to.y) - radius,
      right: Math.max(from.x, to.x) + radius + 1, bottom: Math.max(from.y, to.y) + radius + 1,
    });
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = dx * dx + dy * dy;
    this.each(region, (x, y) => {
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / length));
      return (x - from.x - along * dx) ** 2 + (y - from.y - along * dy) ** 2 <= radius * radius;
    }, value);
    return region;
  }

  /** Fills a polygon, its inside by the even-odd rule. */
  fill(points: readonly Point[], value: number): Region {
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const region = this.clip({ left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs) + 1, bottom: Math.max(...ys) + 1 });
    this.each(region, (x, y) => points.reduce((inside, a, index) => {
      const b = points[(index + 1) % points.length];
      const crosses = (a.y > y) !== (b.y > y) && x < a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y);
      return crosses ? !inside : inside;
    }, false), value);
    return region;
  }

  private each(region: Region, covers: (x: number, y: number) => boolean, value: number): void {
    for (let row = region.top; row < region.bottom; row++) {
      for (let column = region.left; column < region.right; column++) {
        if (covers(column + 0.5, row + 0.5)) {
          this.classes[row * this.width + column] = value;
        }
      }
    }
  }

  private clip({ left, top, right, bottom }: Region): Region {
    return {
      left: Math.max(0, Math.floor(left)), top: Math.max(0, Math.floor(top)),
      right: Math.min(this.width, Math.ceil(right)), bottom: Math.min(this.height, Math.ceil(bottom)),
    };
  }
}
