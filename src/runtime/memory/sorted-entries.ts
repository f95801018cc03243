const CHUNK_MAX = 256;

/**
 * Entries in order, in chunks of at most 256: finding, adding and deleting stay fast with a million of them.
 * `compare` may be given partial entries to search with.
 */
export class SortedEntries<E> {
  private readonly chunks: E[][] = [];

  public constructor(private readonly compare: (a: E, b: E) => number) {}

  public get isEmpty(): boolean {
    return this.chunks.length === 0;
  }

  public find(entry: E): E | undefined {
    const [chunk, at] = this.place(entry);
    const found = this.chunks[chunk]?.[at];
    return found !== undefined && this.compare(found, entry) === 0 ? found : undefined;
  }

  /** Adds the entry, in place of one that is equal in order. */
  public set(entry: E): void {
    const [chunk, at] = this.place(entry);
    const entries = this.chunks[chunk];
    if (entries === undefined) {
      if (chunk === 0) {
        this.chunks.push([entry]);
      } else {
        this.chunks[chunk - 1].push(entry);
        this.split(chunk - 1);
      }
    } else if (this.compare(entries[at], entry) === 0) {
      entries[at] = entry;
    } else {
      entries.splice(at, 0, entry);
      this.split(chunk);
    }
  }

  public delete(entry: E): void {
    const [chunk, at] = this.place(entry);
    const entries = this.chunks[chunk];
    if (entries !== undefined && this.compare(entries[at], entry) === 0) {
      entries.splice(at, 1);
      if (entries.length === 0) {
        this.chunks.splice(chunk, 1);
      }
    }
  }

  /** Entries at or behind the given one, ascending; all where none is given. */
  public* ascending(from?: E): IterableIterator<E> {
    let [chunk, at] = from === undefined ? [0, 0] : this.place(from);
    for (; chunk < this.chunks.length; chunk++, at = 0) {
      for (; at < this.chunks[chunk].length; at++) {
        yield this.chunks[chunk][at];
      }
    }
  }

  /** Entries before the given one, descending; all where none is given. */
  public* descending(before?: E): IterableIterator<E> {
    let [chunk, at] = before === undefined ? [this.chunks.length, 0] : this.place(before);
    for (; chunk >= 0; chunk--, at = this.chunks[chunk]?.length ?? 0) {
      for (at--; at >= 0; at--) {
        yield this.chunks[chunk][at];
      }
    }
  }

  /** Where the first entry is that is not less than the given one; behind the last chunk where there is none. */
  private place(entry: E): [number, number] {
    const { chunks, compare } = this;
    let low = 0;
    let high = chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entries = chunks[middle];
      if (compare(entries[entries.length - 1], entry) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low === chunks.length) {
      return [low, 0];
    }
    const chunk = low;
    low = 0;
    high = chunks[chunk].length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(chunks[chunk][middle], entry) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return [chunk, low];
  }

  private split(chunk: number): void {
    const entries = this.chunks[chunk];
    if (entries.length > CHUNK_MAX) {
      this.chunks.splice(chunk + 1, 0, entries.splice(entries.length >>> 1));
    }
  }
}

/** Compares strings as DynamoDB and S3 order them: by UTF-8 bytes, which differs from JavaScript's order beyond the basic plane. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) {
      const leftBeyond = left >= 0xd800 && left <= 0xdfff;
      const rightBeyond = right >= 0xd800 && right <= 0xdfff;
      return leftBeyond === rightBeyond ? left - right : leftBeyond ? 1 : -1;
    }
  }
  return a.length - b.length;
}
