import { BillEntry } from '../simulator';
import { audit } from './audit';
import { LedgerView } from '../ledger-view';
import { DeployedProject } from './project';
import { DropFile } from './scenario';
import { Stage } from './stage';
import { Finding, tally, Tally } from './tally';
import { Team } from './team';
import { explainBill, KnownContent, VerifiedLine, verifyLines } from './verify';

/** What a run is counted from. */
export interface Counted {
  readonly stage: Stage;
  readonly project: DeployedProject;
  readonly team: Team;
  readonly dropped: readonly DropFile[];
  /** Of these, those that were dropped count. */
  readonly known: readonly KnownContent[];
}

/** What became of all that was dropped. */
export interface Outcome {
  readonly ledger: LedgerView;
  readonly bill: readonly BillEntry[];
  readonly lines: readonly VerifiedLine[];
  readonly tally: Tally;
  /** What did not come to its end. */
  readonly left: readonly Finding[];
}

/** Counts from the driver's own list, the bill and the data set; the ledger is only compared with them. */
export async function countRun({ stage, project, team, dropped, known }: Counted): Promise<Outcome> {
  const { dropBucket, inputBucket } = project.resources;
  const ledger = await project.ledger();
  const bill = stage.simulator.bill().filter(({ jobName }) => project.owns(jobName));
  const paid = await explainBill(stage.workers, known, bill, team.labelings.map(({ view }) => view));
  const lines = await verifyLines(stage.workers, known, project, await project.dataSet());
  const left = audit({
    dropped, ledger,
    inbox: await project.keys(dropBucket),
    originals: await project.keys(inputBucket, 'originals/'),
    quarantine: await project.keys(inputBucket, 'quarantine/'),
  });
  const wasDropped = (content: KnownContent) => content.keys.some(key => dropped.some(file => file.key === key));
  return { ledger, bill, lines, left, tally: tally(known.filter(wasDropped), paid, lines) };
}
