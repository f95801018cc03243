import { clear, raise } from '../alerts';
import { Project, stateWrite } from '../ledger/project';
import { World } from '../world';

/** An alert about what was put right stands so long, that alarms see it and somebody looks for the cause. Milliseconds. */
const SHOWN = 60 * 60_000;

/** Something that differed was put right. People are told: the product itself does not bring that about, a hand from outside does. */
export async function noteDrift(world: World, what: string): Promise<void> {
  world.telemetry.error(what, { notice: 'drift' });
  await world.ledger.table.write([stateWrite({ drift: { at: world.ledger.clock.now(), what } })]);
}

export async function tellDrift(world: World, project: Project): Promise<void> {
  const { state: { drift }, dataSet: { rebuild, rebuilt } } = project;
  const now = world.ledger.clock.now();
  const told = [
    ...rebuild ? [`the data set is written anew from the ledger: ${rebuild.why}`] : [],
    ...rebuilt && now - rebuilt.at < SHOWN ? [`the data set was written anew from the ledger: ${rebuilt.why}`] : [],
    ...drift && now - drift.at < SHOWN ? [drift.what] : [],
  ];
  await (told.length > 0 ? raise(world, project, 'drift', told.join('; ')) : clear(world, project, 'drift'));
}
