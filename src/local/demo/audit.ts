import { LedgerView } from '../ledger-view';
import { DropFile } from './scenario';
import { Finding } from './tally';

/** What lies where at the end of a run. */
export interface Ending {
  readonly dropped: readonly DropFile[];
  readonly ledger: LedgerView;
  /** Keys of the drop bucket. */
  readonly inbox: readonly string[];
  /** Keys of the input bucket. */
  readonly originals: readonly string[];
  readonly quarantine: readonly string[];
}

const UNFINISHED = ['PENDING', 'SENDING', 'SENT', 'HELD'];

/** Everything that was left: drops and images that did not come to their end, files in the wrong place, books that do not balance. */
export function audit(ending: Ending): Finding[] {
  const { dropped, ledger, inbox } = ending;
  return [
    ...dropped.flatMap(file => leftOf(file, ending)),
    ...ledger.images.filter(({ state }) => UNFINISHED.includes(state))
      .map(({ sourceRef, state }) => ({ what: sourceRef, why: `the ledger has it as ${state}` })),
    ...inbox.map(key => ({ what: key, why: 'it still lies in the drop bucket' })),
    ...imbalances(ledger),
    ...ledger.alerts.map(({ code, message }) => ({ what: `alert ${code}`, why: message })),
  ];
}

function leftOf({ key, sha256, reason }: DropFile, { ledger, originals, quarantine }: Ending): Finding[] {
  const drop = ledger.drops.find(one => one.key === key);
  if (drop === undefined) {
    return [{ what: key, why: 'the ledger does not know this drop' }];
  }
  if (reason === undefined) {
    return [
      ...(drop.state === 'DONE' || drop.state === 'DUPLICATE' ? [] : [{ what: key, why: `the drop is ${drop.state} (${drop.reason ?? 'no reason'})` }]),
      ...(originals.some(original => original.includes(sha256)) ? [] : [{ what: key, why: 'its bytes are not among the originals' }]),
    ];
  }
  return [
    ...(drop.state === 'QUARANTINED' && drop.reason === reason
      ? []
      : [{ what: key, why: `it should be in quarantine as "${reason}" and is ${drop.state} (${drop.reason ?? 'no reason'})` }]),
    ...(quarantine.some(object => object.includes(sha256)) ? [] : [{ what: key, why: 'its bytes are not in quarantine' }]),
  ];
}

/** The conservation law: the ledger's counters are exactly what its items amount to. */
export function imbalances({ drops, images, counts }: LedgerView): Finding[] {
  const counted: Record<string, number> = {};
  for (const state of [...drops.map(drop => `drop:${drop.state}`), ...images.map(image => `image:${image.state}`)]) {
    counted[state] = (counted[state] ?? 0) + 1;
  }
  const states = [...new Set([...Object.keys(counted), ...Object.keys(counts)])].filter(name => /^(drop|image):/.test(name));
  return states.filter(name => (counted[name] ?? 0) !== (counts[name] ?? 0)).sort()
    .map(name => ({ what: 'ledger', why: `it counts ${counts[name] ?? 0} as ${name} and holds ${counted[name] ?? 0}` }));
}
