import { LintSeverity } from '../../contract/template-lint';

/** What the page around the worker page shows. */
export interface PreviewState {
  readonly title: string;
  /** What people must know of the input. */
  readonly note?: string;
  /** Another address for whatever is not the same page: it stays as it is, with what was drawn in it, while this does. */
  readonly page?: string;
  /** The first of those that were found, in printable lines. */
  readonly problems: readonly { readonly severity: LintSeverity; readonly text: string }[];
  /** How many more there are, in words. */
  readonly more: readonly string[];
}
