/** Characters of a text that are shown to people. */
const SHOWN = 160;

/** The same value for people to read: a mask's picture, thousands of characters, is cut. */
export function shortened(value: unknown): unknown {
  if (typeof value === 'string' && value.length > SHOWN) {
    return `${value.slice(0, SHOWN / 4)}… (${value.length} characters)`;
  }
  if (Array.isArray(value)) {
    return value.map(shortened);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shortened(member)]))
    : value;
}
