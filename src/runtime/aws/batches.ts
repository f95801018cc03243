import { BATCH_ENTRIES_MAX } from '../../contract/limits';

/** Message bytes of one batch request: the limit of SNS, and the older one of SQS. */
export const BATCH_BYTES_MAX = 256 * 1024;

/** A body with its place among all. */
export interface Placed {
  readonly position: number;
  readonly body: string;
}

/**
 * Cuts bodies into batches of at most ten entries and 256 KB together, in order.
 * Throws where one body alone is larger: no retry would ever send it.
 */
export function batchesOf(bodies: readonly string[]): Placed[][] {
  const batches: Placed[][] = [];
  let bytes = Infinity;
  for (const [position, body] of bodies.entries()) {
    const size = Buffer.byteLength(body);
    if (size > BATCH_BYTES_MAX) {
      throw new Error(`A message of ${size} bytes cannot be sent: at most ${BATCH_BYTES_MAX} are allowed. It begins ${body.slice(0, 80)}`);
    }
    if (bytes + size > BATCH_BYTES_MAX || batches[batches.length - 1].length === BATCH_ENTRIES_MAX) {
      batches.push([]);
      bytes = 0;
    }
    batches[batches.length - 1].push({ position, body });
    bytes += size;
  }
  return batches;
}
