import type { ProbeAccount } from './probe/account';
import { ProjectAccess, ProjectOptions } from './project-access';

/** What commands write to and ask: the terminal, or a test's own. */
export interface Terminal {
  readonly columns?: number;
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** All that a command works with. */
export interface Context {
  readonly out: Terminal;
  readonly err: Terminal;
  /** Who gives orders, for the ledger. */
  readonly user: string;
  /** Finds the project that the options name, in AWS. */
  connect(options: ProjectOptions): Promise<ProjectAccess>;
  /** The account to look at, without any project. */
  openAccount(options: { readonly region?: string; readonly profile?: string }): Promise<ProbeAccount>;
  /** Calls back when the person wants to end, once; a second time ends at once. Answers how to forget it. */
  onInterrupt(listener: () => void): () => void;
  /** Asks a person; undefined where there is nobody to ask. */
  confirm(question: string): Promise<boolean | undefined>;
  sleep(ms: number): Promise<void>;
  /** Ends with this code when the command is over. */
  exitWith(code: number): void;
}
