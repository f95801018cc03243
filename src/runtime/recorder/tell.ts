import { EVENT_TYPE, METRIC } from '../../contract/events';
import { ChainName } from '../core/job-names';
import { JobRecord } from '../ledger/jobs';
import { LabelOutcome, doubleMessage } from '../ledger/labels';
import { PublishedEvent } from '../ports';
import { World } from '../world';

/** Tells of a label that was recorded, whether a message or a manifest brought it. The ledger raised the alert of a second one itself. */
export async function tellLabel(world: World, chain: ChainName, outcome: LabelOutcome, sourceRef: string, job: JobRecord): Promise<void> {
  const head = { project: chain.projectName, chainId: chain.chainId };
  if (outcome === 'unknown-image') {
    world.telemetry.warn(`a label for an image that the ledger does not have: ${sourceRef}`, { notice: 'unknown-image' });
  }
  if (outcome !== 'recorded' && outcome !== 'double') {
    return;
  }
  world.telemetry.count(METRIC.IMAGES_LABELED, 1);
  const events: PublishedEvent[] = [{ type: EVENT_TYPE.IMAGE_LABELED, detail: { ...head, sourceRef, job: job.name } }];
  if (outcome === 'double') {
    const message = doubleMessage({ sourceRef, job: job.number });
    world.telemetry.count(METRIC.LABELS_DOUBLE, 1);
    world.telemetry.error(message, { notice: 'double-label' });
    events.push({ type: EVENT_TYPE.ALERT, detail: { ...head, code: 'double-label', message } });
  }
  await world.bus.publish(events);
}
