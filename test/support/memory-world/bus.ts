import { EVENT_SOURCE } from '../../../src/contract/events';
import { MemoryCloud } from '../../../src/local/simulator';
import { EventBus, PublishedEvent } from '../../../src/runtime/ports';

/** The event bus of the memory cloud. */
export class MemoryEventBusPort implements EventBus {
  private count = 0;

  public constructor(private readonly cloud: MemoryCloud) {}

  public async publish(events: readonly PublishedEvent[]): Promise<void> {
    for (const { type, detail } of events) {
      await this.cloud.bus.put({
        'version': '0',
        'id': `published-${++this.count}`,
        'detail-type': type,
        'source': EVENT_SOURCE,
        'account': this.cloud.account,
        'time': new Date(this.cloud.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
        'region': this.cloud.region,
        'resources': [],
        'detail': JSON.parse(JSON.stringify(detail)),
      });
    }
  }
}
