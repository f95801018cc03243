/** A row of the decision table of the design, and the controller's decisions that belong to it. */
interface Row {
  readonly row: string;
  readonly decisions: RegExp;
}

/** First match wins. A rest while a job drains belongs to a roll or to an order to drain, and counts for neither. */
export const ROWS: readonly Row[] = [
  { row: 'retired: stop the live job; nothing else, ever', decisions: /^(REST|STOP)\(retired\)$/ },
  { row: 'a create is planned and its outcome unknown: create again', decisions: /^CREATE$/ },
  { row: 'a job ended and is not settled: close, harvest', decisions: /^(CLOSE|HARVEST)$/ },
  { row: 'Initializing, Stopping, not to be found: wait', decisions: /^REST\((initializing|stopping|vanished)\)$/ },
  { row: 'published and not arriving, or not our topic: distrust, roll', decisions: /^(ROLL\((not-arriving|foreign-topic)\)|REST\(distrusted\))$/ },
  { row: 'old, near the quota, failed images, new instructions: roll', decisions: /^(ROLL\(.*\)|STOP\((roll|ordered)\))$/ },
  { row: 'paused, cap reached, or drain: no feed, no start, no roll', decisions: /^(REST\((paused|budget-spent)\)|STOP\(drained\))$/ },
  { row: 'pending and room: feed', decisions: /^FEED$/ },
  { row: 'none live, pending: start, unless the breaker is open', decisions: /^(START|REST\((breaker-open|backing-off)\))$/ },
  { row: 'otherwise: idle', decisions: /^(idle|REST\((nothing-to-do|window-full|waiting-for-arrival)\))$/ },
];

/** How often each row was taken. */
export function rowsTaken(decisions: { readonly [name: string]: number }): { readonly row: string; readonly taken: number }[] {
  const taken = ROWS.map(() => 0);
  for (const [name, count] of Object.entries(decisions)) {
    const row = ROWS.findIndex(({ decisions: pattern }) => pattern.test(name));
    if (row >= 0) {
      taken[row] += count;
    }
  }
  return ROWS.map(({ row }, index) => ({ row, taken: taken[index] }));
}
