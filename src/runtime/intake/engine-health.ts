import { ProjectConfiguration } from '../../contract/project-configuration';
import { raise, retract } from '../alerts';
import { BROKEN_AT, admission, isBroken, isToBlame, retryAfter } from '../core/engine-health';
import { DropId, noteEngineFailure } from '../ledger/drops';
import { claimProbe, noteFailing, noteGood, readHealth } from '../ledger/engine-health';
import { World } from '../world';
import { EngineFault } from './engine';
import { RetryLaterError } from '../retry-later';

/** How often at most a success is written down while all goes well. Unit: milliseconds. */
const GOOD_INTERVAL = 60_000;

/** Watches over code of the user's that makes images: who is to blame for its failures, and when it is left alone. */
export class EngineWatch {
  /** Until then it is known to do well. */
  private goodUntil = 0;

  constructor(private readonly world: World) {}

  /** @throws RetryLaterError while everything fails and it is somebody else's turn to find out whether it still does */
  async admit(): Promise<void> {
    const { ledger, timings } = this.world;
    const now = ledger.clock.now();
    if (now < this.goodUntil) {
      return;
    }
    const health = await readHealth(ledger);
    const may = admission(health, now, timings);
    if (may === 'wait' || (may === 'probe' && !await claimProbe(ledger, health))) {
      throw new RetryLaterError(timings.engineProbe, `feature engineering fails for every drop and is left alone for a while: ${health.lastError ?? ''}`, true);
    }
  }

  async succeeded(): Promise<void> {
    const { ledger } = this.world;
    const now = ledger.clock.now();
    if (now < this.goodUntil) {
      return;
    }
    if (isBroken(await readHealth(ledger))) {
      await retract(this.world, 'feature-engineering');
    }
    await noteGood(ledger);
    this.goodUntil = now + GOOD_INTERVAL;
  }

  /**
   * Writes a failure down. Answers what quarantine tells if the drop is to blame.
   *
   * @throws RetryLaterError if it is not, or not yet
   */
  async blame(configuration: ProjectConfiguration, drop: DropId, fault: EngineFault): Promise<string> {
    const { ledger, timings } = this.world;
    this.goodUntil = 0;
    const failures = await noteEngineFailure(ledger, drop, `${fault.reason}: ${fault.detail}`);
    const health = await noteFailing(ledger, failures.count === 1, `${drop.key}: ${fault.detail}`);
    if (isBroken(health)) {
      await raise(this.world, { alerts: [], configuration }, 'feature-engineering', brokenMessage(health.lastError));
    }
    if (isToBlame(failures, health)) {
      return `${fault.detail} (in ${failures.count} tries)`;
    }
    throw new RetryLaterError(retryAfter(failures.count, timings), `${fault.reason}: ${fault.detail}`, isBroken(health));
  }
}

function brokenMessage(lastError = ''): string {
  return `feature engineering failed for ${BROKEN_AT} drops one after the other and succeeded for none: no drop is blamed any more, and one is tried `
    + `now and then until one succeeds. The last error: ${lastError}`;
}
