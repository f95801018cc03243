/** What a benchmark found. */
export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly targets: readonly BenchTarget[];
  /** How it was measured, one sentence each. */
  readonly notes: readonly string[];
  /** The same and more, as numbers, for programs. */
  readonly figures: readonly { readonly [name: string]: string | number }[];
}

export interface BenchTarget {
  readonly name: string;
  readonly wanted: string;
  readonly measured: string;
  /** Undefined: what was measured is not what the target is about, because the run was a quick one. */
  readonly met: boolean | undefined;
}

/** The value that a share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** `1,000,000`. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
