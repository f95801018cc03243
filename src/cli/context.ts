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
  /** Asks a person; undefined where there is nobody to ask. */
  confirm(question: string): Promise<boolean | undefined>;
  sleep(ms: number): Promise<void>;
  /** Ends with this code when the command is over. */
  exitWith(code: number): void;
}
