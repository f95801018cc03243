/** The first ten are those of the Developer Guide's samples. */
const COLORS = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b', '#e377c2', '#7f7f7f', '#bcbd22', '#17becf'];

/** A colour for each label, no two alike; `given` are kept. */
export function labelColors(labels: readonly string[], given: { readonly [label: string]: string } = {}): { [label: string]: string } {
  const taken = new Set(Object.values(given));
  let next = 0;
  const fresh = (): string => {
    for (;;) {
      const color = COLORS[next] ?? spread(next);
      next += 1;
      if (!taken.has(color)) {
        taken.add(color);
        return color;
      }
    }
  };
  return Object.fromEntries(labels.map((label) => [label, given[label] ?? fresh()]));
}

/** Colours without end: a step through the cube that comes back to none. */
function spread(index: number): string {
  return `#${((index * 0x9e3779) % 0xfffffb).toString(16).padStart(6, '0')}`;
}

export function channels(color: string): [number, number, number] {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)) as [number, number, number];
}
