import { BackfillOutput } from '../contract/backfill';
import { OperatorRequest, Status } from '../contract/operator';
import { Table } from '../runtime/ports';

/** How the command line names a project. */
export interface ProjectOptions {
  readonly stack?: string;
  readonly project?: string;
  readonly function?: string;
  readonly table?: string;
  readonly region?: string;
  readonly profile?: string;
}

/** What is known of a deployed project. A member that is absent was not named on the command line. */
export interface ProjectFacts {
  readonly controllerFunction?: string;
  readonly ledgerTable?: string;
  readonly dropBucket?: string;
  readonly inputBucket?: string;
  readonly outputBucket?: string;
  readonly dropUri?: string;
  readonly dataSetUri?: string;
  /** What each `Backfill` construct lets the project read, by the construct's id. */
  readonly backfills?: ReadonlyMap<string, BackfillOutput>;
}

/**
 * A deployed project, as an operator reaches it. Orders go to the controller alone; the ledger is read, never written.
 */
export interface ProjectAccess {
  readonly facts: ProjectFacts;
  /** Calls the controller function. */
  ask(request: OperatorRequest): Promise<Status>;
  /** The ledger, to read from. Throws where the command line names none. */
  ledger(): Table;
}
