import { imageItem } from '../../../src/runtime/ledger/images';
import { SHARDS } from '../../../src/runtime/ledger/keys';
import { Item } from '../../../src/runtime/ports';

const MONTH = 30 * 24 * 3_600_000;

/** Labeled images of an earlier job, as the ledger has them. */
export function* labeledImages(from: number, to: number, now: number): Generator<Item> {
  for (let index = from; index < to; index++) {
    const name = index.toString(16).padStart(64, String(SHARDS[index % SHARDS.length]));
    const at = now - MONTH + index;
    yield imageItem({
      sourceRef: `s3://input/images/old/${index}-${name.slice(0, 16)}-0.png`, sha256: name, index: 0, state: 'LABELED', priority: 0, receivedAt: at,
      job: 1, offers: 1, failures: 0, labelJob: 1, labeledAt: at, provenance: {}, revision: 4, schema: 1,
    }, at);
  }
}
