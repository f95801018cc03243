import { Line, Observations } from './observations';
import { ATTRIBUTE, LABELS } from './requests';

/** Something documented that was looked at by the way. */
export interface Fact {
  readonly fact: string;
  /** Undefined: as expected. */
  readonly differs?: string;
}

/** What AWS documents and a probe can see at no cost, as far as it was seen. */
export function facts(seen: Observations): Fact[] {
  const found: Fact[] = [];
  const fact = (text: string, value: unknown, isRight: boolean): void => {
    if (value !== undefined) {
      found.push({ fact: text, ...(isRight ? {} : { differs: typeof value === 'string' ? value : JSON.stringify(value) }) });
    }
  };
  const { arn, queueName, subscription, sameName, carriedLine, manifestUri, label, counterDelay, statuses, unknownJob } = seen;
  fact('the ARN of a job is arn:...:labeling-job/NAME', arn, /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:labeling-job\/[A-Za-z0-9-]+$/.test(arn ?? ''));
  fact('a job that does not exist is not found', unknownJob, unknownJob === 'not-found');
  fact('names of jobs are unique, whatever their case', sameName, sameName !== 'taken' && /ResourceInUse/.test(sameName?.name ?? ''));
  fact('a job is Initializing, InProgress, Stopping, Stopped', statuses,
    isPart(statuses ?? []));
  fact('its queue is GroundTruth-<name in lower case>', queueName, queueName?.exists === true);
  fact('the queue is subscribed to the topic by its ARN', subscription,
    subscription?.protocol === 'sqs' && subscription.endpoint.endsWith(`:${queueName?.wanted}`));
  fact('the queue stays after the end', seen.queueAfterEnd, seen.queueAfterEnd === true);
  fact('the topic is let go after the end', seen.subscribedAfterEnd, seen.subscribedAfterEnd === false);
  fact('the counters show an object that was published', counterDelay, counterDelay !== undefined && 'took' in counterDelay);
  fact('the output manifest is <path>/<job>/manifests/output/output.manifest', manifestUri?.told, manifestUri?.told === manifestUri?.wanted);
  fact('a line that came with its label goes through unchanged', carriedLine?.found, carriedLine?.given === carriedLine?.found);
  if (label !== undefined) {
    labelFacts(label, fact);
  }
  return found;
}

function labelFacts(label: Line, fact: (text: string, value: unknown, isRight: boolean) => void): void {
  const metadata = (label[`${ATTRIBUTE}-metadata`] ?? {}) as Line;
  const index = Number(label[ATTRIBUTE]);
  fact('a label has its value and -metadata beside it', Object.keys(label), ATTRIBUTE in label && `${ATTRIBUTE}-metadata` in label);
  fact('the value is the index of class-name', [label[ATTRIBUTE] ?? null, metadata['class-name'] ?? null], LABELS[index] === metadata['class-name']);
  fact('the type is groundtruth/image-classification', metadata.type ?? 'no type', metadata.type === 'groundtruth/image-classification');
  fact('human-annotated is yes', metadata['human-annotated'] ?? 'not there', metadata['human-annotated'] === 'yes');
  fact('the confidence of one worker is 0', metadata.confidence ?? 'not there', metadata.confidence === 0);
  const date = metadata['creation-date'] ?? 'not there';
  fact('creation-date has microseconds and no zone', date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/.test(String(date)));
  fact('an object that S3 announced has a $sequencer', Object.keys(label), '$sequencer' in label);
}

/** Short statuses may pass between two looks. */
function isPart(statuses: readonly string[]): boolean {
  const order = ['Initializing', 'InProgress', 'Stopping', 'Stopped'];
  return statuses.every((status, at) => order.includes(status) && (at === 0 || order.indexOf(status) > order.indexOf(statuses[at - 1])));
}
