import { RunResult } from './driver';
import { cut, Palette, wrap } from './progress';
import { Finding } from './tally';
import { isReasonCode, REMEDIES } from '../../contract/reasons';

/** What a run is judged by. */
export type Outcome = Pick<RunResult, 'tally' | 'left' | 'ledger' | 'jobs'>;

export interface Numbers {
  readonly dropped: number;
  readonly labeled: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly jobs: number;
  readonly lost: number;
  readonly double: number;
}

export function numbers({ tally, ledger, jobs }: Outcome): Numbers {
  const inState = (state: string) => ledger.drops.filter(drop => drop.state === state).length;
  return {
    dropped: tally.dropped, labeled: tally.labeled, quarantined: inState('QUARANTINED'), duplicates: inState('DUPLICATE'), jobs: jobs.length,
    lost: tally.lost.length, double: tally.double.length,
  };
}

/** The line that every demo ends with. */
export function lastLine(outcome: Outcome): string {
  return `demo: ${Object.entries(numbers(outcome)).map(([name, value]) => `${name}=${value}`).join(' ')}`;
}

/** All that went wrong, the worst first. */
export function findings({ tally, left }: Outcome): (Finding & { readonly kind: string })[] {
  const kinds: readonly (readonly [string, readonly Finding[]])[] = [
    ['lost', tally.lost], ['labeled twice', tally.double], ['strange', tally.strange], ['left', left],
  ];
  return kinds.flatMap(([kind, list]) => list.map(finding => ({ kind, ...finding })));
}

const INDENT = '  ';
/** Findings that are told one by one. */
const FINDINGS_SHOWN = 20;

/** What is printed at the end, but for the last line. */
export function summary(
  outcome: Outcome, places: { readonly dataSet: string; readonly lines: number; readonly report: string },
  columns: number, palette: Palette,
): string[] {
  const { ledger } = outcome;
  const quarantined = ledger.drops.filter(({ state }) => state === 'QUARANTINED');
  const wrong = findings(outcome);
  const names = Math.max(0, ...ledger.jobs.map(({ name }) => name.length));
  return [
    palette.bold('The chain'),
    ...ledger.jobs.map(({ name, endStatus, status, phase, offered, labeled, carried }) => [
      INDENT + name.padEnd(names), (endStatus ?? status ?? phase).padEnd(10),
      `${labeled} of ${offered} labeled${carried > 0 ? `, ${carried} carried over` : ''}`,
    ].join('  ')),
    '',
    ...(quarantined.length === 0 ? [] : [
      palette.bold('In quarantine'),
      ...quarantined.flatMap(({ key, reason = '' }) => [
        `${INDENT}${cut(`${key}: ${reason}`, columns - INDENT.length)}`,
        ...wrap(isReasonCode(reason) ? REMEDIES[reason] : '', columns - 2 * INDENT.length).map(line => palette.dim(INDENT + INDENT + line)),
      ]),
      '',
    ]),
    ...(wrong.length === 0 ? [] : [
      palette.bold(palette.red('What went wrong')),
      ...wrong.slice(0, FINDINGS_SHOWN).flatMap(({ kind, what, why }) => wrap(`${kind}: ${what}: ${why}`, columns - 2 * INDENT.length)
        .map((line, index) => (index === 0 ? INDENT : INDENT + INDENT) + line)),
      ...(wrong.length > FINDINGS_SHOWN ? [`${INDENT}and ${wrong.length - FINDINGS_SHOWN} more: see the report`] : []),
      '',
    ]),
    `${palette.bold('Data set')}  ${places.dataSet} (${places.lines} line${places.lines === 1 ? '' : 's'})`,
    `${palette.bold('Report')}    ${places.report}`,
    '',
  ];
}
