import { Duration, Token } from 'aws-cdk-lib';
import { Problems } from './problems';
import { CONCURRENT_TASKS, TASK_AVAILABILITY_SECONDS, TASK_TIME_LIMIT_SECONDS, WORKERS_PER_IMAGE } from '../contract/limits';
import { WorkConfiguration } from '../contract/project-configuration';

/** How much work is given out, as the user says it. */
export interface WorkProps {
  readonly workersPerImage?: number;
  readonly taskTimeLimit?: Duration;
  readonly taskAvailability?: Duration;
  readonly maxConcurrentTasks?: number;
  readonly window?: number;
  readonly maxImagesPerDay?: number;
  readonly maxImages?: number;
}

const DEFAULT_WORKERS = 1;
const DEFAULT_TIME_LIMIT = Duration.hours(1);
/** The longest: an image that nobody labels comes back with its job's end anyway, and is then not counted as failed. */
const DEFAULT_AVAILABILITY = Duration.days(30);
const DEFAULT_CONCURRENT = 1_000;
const DEFAULT_WINDOW = 500;

/** Fractions are reported as problems, not thrown. */
const FRACTIONS = { integral: false };

/** The work settings, checked, with the defaults. */
export function workSettings(props: WorkProps, problems: Problems): WorkConfiguration {
  const { workersPerImage = DEFAULT_WORKERS, maxConcurrentTasks = DEFAULT_CONCURRENT, maxImagesPerDay, maxImages } = props;
  const { taskTimeLimit = DEFAULT_TIME_LIMIT, taskAvailability = DEFAULT_AVAILABILITY } = props;
  problems.whole('workersPerImage', workersPerImage, WORKERS_PER_IMAGE);
  problems.whole('maxConcurrentTasks', maxConcurrentTasks, CONCURRENT_TASKS);
  problems.duration('taskTimeLimit', taskTimeLimit, TASK_TIME_LIMIT_SECONDS);
  problems.duration('taskAvailability', taskAvailability, TASK_AVAILABILITY_SECONDS);
  const [limit, availability] = [taskTimeLimit.toSeconds(FRACTIONS), taskAvailability.toSeconds(FRACTIONS)];
  if (![taskTimeLimit, taskAvailability].some((each) => each.isUnresolved()) && limit > availability) {
    problems.add(`taskTimeLimit is ${limit} seconds; it must not exceed taskAvailability, which is ${availability} seconds`);
  }
  if (maxImagesPerDay !== undefined) {
    problems.whole('maxImagesPerDay', maxImagesPerDay, { min: 1 });
  }
  if (maxImages !== undefined) {
    problems.whole('maxImages', maxImages, { min: 1 });
  }
  return {
    workersPerImage,
    taskTimeLimitSeconds: limit,
    taskAvailabilitySeconds: availability,
    maxConcurrentTasks,
    window: windowOf(props.window, workersPerImage, maxConcurrentTasks, problems),
    ...maxImagesPerDay === undefined ? {} : { maxImagesPerDay },
    ...maxImages === undefined ? {} : { maxImages },
  };
}

/** Ground Truth gives an image out when those at work fall below the tasks minus the workers: more would only wait in its queue. */
function windowOf(window: number | undefined, workersPerImage: number, maxConcurrentTasks: number, problems: Problems): number {
  const unknown = [workersPerImage, maxConcurrentTasks].some((value) => Token.isUnresolved(value));
  const most = maxConcurrentTasks - workersPerImage;
  if (!unknown && most < 1) {
    problems.add(`maxConcurrentTasks is ${maxConcurrentTasks}; it must be greater than workersPerImage, which is ${workersPerImage}`);
    return 1;
  }
  if (window === undefined) {
    if (unknown) {
      problems.add('window has no default where maxConcurrentTasks or workersPerImage is known only at deploy time; give one');
    }
    return Math.min(DEFAULT_WINDOW, most);
  }
  problems.whole('window', window, { min: 1 });
  if (!unknown && !Token.isUnresolved(window) && window > most) {
    problems.add(`window is ${window}; it must be at most ${most}: maxConcurrentTasks (${maxConcurrentTasks}) minus workersPerImage (${workersPerImage})`);
  }
  return window;
}
