import * as z from 'zod';
import { REQUEUE_KINDS, REQUEUE_TARGETS_MAX, RequeueTargets } from '../../contract/operator';

/** What DynamoDB and S3 allow, so that one target that cannot exist does not keep the others waiting. Bytes. */
const text = (max: number) => z.string().min(1).refine((value) => Buffer.byteLength(value) <= max, `has more than ${max} bytes`);

const TARGETS = z.strictObject({
  images: z.array(text(2_000)).optional(),
  drops: z.array(z.strictObject({ bucket: text(255), key: text(1_024), versionId: text(1_000) })).optional(),
  all: z.enum(REQUEUE_KINDS).optional(),
  reason: text(1_000).optional(),
});

/** What a request names, checked before it is written down. Throws what is wrong and what is allowed. */
export function requeueTargets(given: unknown): RequeueTargets {
  const parsed = TARGETS.safeParse(given ?? {});
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new Error(`the targets of a requeue are wrong${path.length > 0 ? ` at ${path.join('.')}` : ''}: ${message}`);
  }
  const { images = [], drops = [], all, reason } = parsed.data;
  const named = images.length + drops.length;
  if (named === 0 && all === undefined) {
    throw new Error(`a requeue needs targets: images, drops, or all: ${REQUEUE_KINDS.join(' or ')}`);
  }
  if (named > REQUEUE_TARGETS_MAX) {
    throw new Error(`a requeue names at most ${REQUEUE_TARGETS_MAX} images and drops, got ${named}: order the rest separately, or all of a kind`);
  }
  if (reason !== undefined && all === undefined) {
    throw new Error(`a reason chooses among what is quarantined or held: it needs all: ${REQUEUE_KINDS.join(' or ')}`);
  }
  return parsed.data;
}
