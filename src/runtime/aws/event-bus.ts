import { EventBridgeClient, PutEventsCommand, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { batchesOf } from './batches';
import { Pause, jitteredPause } from './retry';
import { EVENT_SOURCE } from '../../contract/events';
import { EventBus, PublishedEvent } from '../ports';

const TRIES = 5;

/** Publishes on the default event bus. Give it a client that retries by itself; an event may come twice. */
export class DefaultEventBus implements EventBus {
  public constructor(private readonly client: EventBridgeClient, private readonly pause: Pause = jitteredPause) {}

  /** Throws where the bus did not take all of them; then some may have been published. */
  public async publish(events: readonly PublishedEvent[]): Promise<void> {
    const details = events.map((event) => JSON.stringify(event.detail));
    for (const batch of batchesOf(details)) {
      await this.put(batch.map(({ position, body }) => ({ Source: EVENT_SOURCE, DetailType: events[position].type, Detail: body })));
    }
  }

  private async put(entries: readonly PutEventsRequestEntry[]): Promise<void> {
    let open = entries;
    for (let tried = 1; ; tried++) {
      const answer = await this.client.send(new PutEventsCommand({ Entries: [...open] }));
      const results = answer.Entries ?? [];
      const failed = open.filter((_, position) => results[position]?.ErrorCode !== undefined);
      if (failed.length === 0) {
        return;
      }
      if (tried >= TRIES) {
        const { ErrorCode, ErrorMessage } = results.find((result) => result.ErrorCode !== undefined)!;
        throw new Error(`EventBridge did not take ${failed.length} of ${open.length} events: ${ErrorCode} ${ErrorMessage ?? ''}`.trim());
      }
      open = failed;
      await this.pause(tried);
    }
  }
}
