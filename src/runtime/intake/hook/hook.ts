/** What came of calling a feature engineering function. */
export type HookOutcome =
  | { readonly kind: 'answered'; readonly payload: string }
  /** It ran, and failed or took too long. */
  | { readonly kind: 'failed' | 'timed-out'; readonly message: string };

/** A feature engineering function. */
export interface Hook {
  /** @throws what is nobody's fault here: throttling, access, a broken connection */
  call(request: string): Promise<HookOutcome>;
}
