/** What comes from a file's or an object's name, or from the service, must not steer a terminal, nor look like other lines. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => JSON.stringify(character).slice(1, -1).replace(/^([^\\])$/, '?'));
}

/** So many problems are printed: who has more mends these first, and nobody scrolls through thousands. */
export const PRINTED_MAX = 50;

/** The first of many lines, and how many more there are. */
export function firstOf(lines: readonly string[]): readonly string[] {
  return [...lines.slice(0, PRINTED_MAX), ...moreThan(PRINTED_MAX, lines.length)];
}

/** The line that stands for those that are not printed, if there are any. */
export function moreThan(printed: number, all: number): readonly string[] {
  return all > printed ? [`... and ${all - printed} more`] : [];
}
