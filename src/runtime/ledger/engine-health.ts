import { Ledger } from './context';
import { engineKey } from './keys';
import { EngineHealth, NEVER_TRIED } from '../core/engine-health';

export async function readHealth(ledger: Ledger): Promise<EngineHealth> {
  const item = await ledger.table.get(engineKey);
  return item === undefined ? NEVER_TRIED : {
    failing: Number(item.failing ?? 0), lastGoodAt: Number(item.lastGoodAt ?? 0), probedAt: Number(item.probedAt ?? 0),
    ...(item.lastError === undefined ? {} : { lastError: String(item.lastError) }),
  };
}

/** A drop failed. Only its first failure counts: one bad drop is no epidemic, however often it is tried. */
export async function noteFailing(ledger: Ledger, isFirst: boolean, error: string): Promise<EngineHealth> {
  await ledger.table.write([{ update: engineKey, add: { failing: isFirst ? 1 : 0 }, set: { lastError: error.slice(0, 500) } }]);
  return readHealth(ledger);
}

export async function noteGood(ledger: Ledger): Promise<void> {
  await ledger.table.write([{ update: engineKey, set: { failing: 0, lastGoodAt: ledger.clock.now() } }]);
}

/** Whether it is this caller that may try although everything fails. */
export async function claimProbe(ledger: Ledger, { probedAt }: EngineHealth): Promise<boolean> {
  const outcome = await ledger.table.write([{
    update: engineKey, set: { probedAt: ledger.clock.now() },
    when: [probedAt === 0 ? { attribute: 'probedAt', is: 'absent' } : { attribute: 'probedAt', is: '=', value: probedAt }],
  }]);
  return outcome.done;
}
