/** A content that was dropped, once or under several names, of which the driver knows what must become of it. */
export interface DroppedContent {
  readonly sha256: string;
  readonly keys: readonly string[];
  /** Whether it is an image that must be labeled. */
  readonly good: boolean;
}

/** An answer that somebody was paid for: a line of the simulator's bill. */
export interface PaidAnswer {
  readonly pixelHash: string;
  /** The dropped content whose picture the worker saw. Absent: a picture that nobody dropped. */
  readonly sha256?: string;
}

/** A line of the data set, compared with what the driver knows. */
export interface CheckedLine {
  readonly sourceRef: string;
  /** The dropped content that it says it is of. Absent: none of those that were dropped. */
  readonly sha256?: string;
  /** Why its image or its label cannot belong to that content. Empty: they do. */
  readonly differences: readonly string[];
}

/** A content and what is wrong with it. */
export interface Finding {
  readonly what: string;
  readonly why: string;
}

export interface Tally {
  /** Files. */
  readonly dropped: number;
  /** Contents that were paid for and are right in the data set. */
  readonly labeled: number;
  readonly lost: readonly Finding[];
  /** One for each answer too many. */
  readonly double: readonly Finding[];
  /** What is there and should not be. */
  readonly strange: readonly Finding[];
}

/**
 * Counts what became of every dropped content, from the driver's own list, the bill and the data set.
 *
 * - lost: a good content without a paid answer, or without a right line in the data set;
 * - double: each paid answer beyond the first for one content (or, for unknown pictures, for one pixel hash);
 * - strange: an answer or a line for something that was not dropped, or that is no image, and a second line for one content.
 */
export function tally(dropped: readonly DroppedContent[], paid: readonly PaidAnswer[], lines: readonly CheckedLine[]): Tally {
  const good = dropped.filter(content => content.good);
  const fates = good.map(content => ({ content, why: whyLost(content, paid, lines) }));
  return {
    dropped: dropped.reduce((sum, { keys }) => sum + keys.length, 0),
    labeled: fates.filter(({ why }) => why === undefined).length,
    lost: fates.flatMap(({ content, why }) => (why === undefined ? [] : [{ what: nameOf(content), why }])),
    double: doubles(good, paid),
    strange: [...strangeAnswers(good, paid), ...strangeLines(good, lines)],
  };
}

function nameOf({ keys }: DroppedContent): string {
  return keys.join(' = ');
}

function whyLost({ sha256 }: DroppedContent, paid: readonly PaidAnswer[], lines: readonly CheckedLine[]): string | undefined {
  const own = lines.filter(line => line.sha256 === sha256);
  const wrong = own.find(line => line.differences.length > 0);
  if (wrong !== undefined) {
    return `its line in the data set belongs to another picture: ${wrong.differences.join(', ')}`;
  }
  if (!paid.some(answer => answer.sha256 === sha256)) {
    return own.length > 0 ? 'it has a label, but no worker ever saw its picture' : 'no worker was ever shown it';
  }
  return own.length === 0 ? 'a worker labeled it, and the data set does not have it' : undefined;
}

function doubles(good: readonly DroppedContent[], paid: readonly PaidAnswer[]): Finding[] {
  const groups = new Map<string, { what: string; count: number }>();
  for (const { sha256, pixelHash } of paid) {
    const content = good.find(one => one.sha256 === sha256);
    const id = content?.sha256 ?? pixelHash;
    const group = groups.get(id) ?? { what: content ? nameOf(content) : `pixels ${pixelHash.slice(0, 12)}`, count: 0 };
    group.count += 1;
    groups.set(id, group);
  }
  return [...groups.values()].flatMap(({ what, count }) =>
    Array.from({ length: count - 1 }, () => ({ what, why: `workers were paid for it ${count} times` })));
}

function strangeAnswers(good: readonly DroppedContent[], paid: readonly PaidAnswer[]): Finding[] {
  return paid.filter(answer => !good.some(({ sha256 }) => sha256 === answer.sha256))
    .map(({ pixelHash }) => ({ what: `pixels ${pixelHash.slice(0, 12)}`, why: 'a worker was shown a picture that nobody dropped' }));
}

function strangeLines(good: readonly DroppedContent[], lines: readonly CheckedLine[]): Finding[] {
  const seen = new Set<string>();
  return lines.flatMap(({ sourceRef, sha256 }) => {
    if (!good.some(content => content.sha256 === sha256)) {
      return [{ what: sourceRef, why: 'the data set has a line for something that nobody dropped' }];
    }
    const again = seen.has(sha256!);
    seen.add(sha256!);
    return again ? [{ what: sourceRef, why: 'the data set has a second line for the same content' }] : [];
  });
}
