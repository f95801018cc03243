import { Team, TeamOptions } from './team';
import type { Desk } from '../portal/desk';
import { OpenTask } from '../simulator';

/** How long a simulated worker looks at what it takes over. Unit: milliseconds. */
const PACE = 900;

/** Workers for what nobody answered within so many seconds, and nobody is at. */
export function takeOver(stage: TeamOptions['stage'], desk: Pick<Desk, 'atWork'>, seconds: number, pace = PACE): Team {
  const seen = new Map<string, number>();
  return new Team({
    stage, pace,
    mayTake: ({ taskId }: OpenTask) => {
      const since = seen.get(taskId) ?? Date.now();
      seen.set(taskId, since);
      return Date.now() - since >= seconds * 1000 && !desk.atWork.has(taskId);
    },
  });
}
