/** What a benchmark found. */
export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly targets: readonly BenchTarget[];
  /** How it was measured, one sentence each. */
  readonly notes: readonly string[];
}

export interface BenchTarget {
  readonly name: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}
