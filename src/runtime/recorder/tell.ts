import { EVENT_TYPE, METRIC, eventHead } from '../../contract/events';
import { ChainName } from '../core/job-names';
import { JobRecord } from '../ledger/jobs';
import { LabelOutcome, NewLabel, doubleMessage, recordLabel } from '../ledger/labels';
import { PublishedEvent } from '../ports';
import { World } from '../world';

/**
 * Records a label of a job, whether a message or a manifest brought it, and tells of it: before it is recorded, because whoever dies
 * or fails in between comes again, and a label that is recorded is no news any more. The ledger raises the alert of a second one itself.
 */
export async function recordAndTell(
  world: World, chain: ChainName, job: JobRecord, label: Pick<NewLabel, 'sourceRef' | 'line' | 'createdAt'>,
): Promise<LabelOutcome> {
  const outcome = await recordLabel(
    world.ledger, { ...label, job: job.number, instructions: job.instructions },
    (coming) => world.bus.publish(eventsOf(chain, coming, label.sourceRef, job)),
  );
  if (outcome === 'unknown-image') {
    world.telemetry.warn(`a label for an image that the ledger does not have: ${label.sourceRef}`, { notice: 'unknown-image' });
  }
  if (outcome === 'recorded' || outcome === 'double') {
    world.telemetry.count(METRIC.IMAGES_LABELED, 1);
  }
  if (outcome === 'double') {
    world.telemetry.count(METRIC.LABELS_DOUBLE, 1);
    world.telemetry.error(doubleMessage({ sourceRef: label.sourceRef, job: job.number }), { notice: 'double-label' });
  }
  return outcome;
}

function eventsOf(chain: ChainName, outcome: 'recorded' | 'double', sourceRef: string, job: JobRecord): PublishedEvent[] {
  const head = eventHead(chain);
  return [
    { type: EVENT_TYPE.IMAGE_LABELED, detail: { ...head, sourceRef, job: job.name } },
    ...(outcome === 'double'
      ? [{ type: EVENT_TYPE.ALERT, detail: { ...head, code: 'double-label', message: doubleMessage({ sourceRef, job: job.number }) } }] : []),
  ];
}
