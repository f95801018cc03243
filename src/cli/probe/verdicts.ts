import { MINUTE, lineIn } from './lab';
import { creationOf } from './main-job';
import { Effect, Elapsed, Line, Observations, Refusal, Trial } from './observations';
import { ATTRIBUTE } from './requests';
import { OPEN_QUESTIONS, OpenQuestion } from '../../local/simulator/open-questions';

/** What a probe makes of an open question. */
export type Verdict =
  /** Number of the answer in the table of open questions. */
  | { readonly kind: 'answer'; readonly answer: number; readonly detail?: string }
  /** None of the answers that were thought of. */
  | { readonly kind: 'other'; readonly detail: string }
  | { readonly kind: 'not-seen'; readonly because: string }
  | { readonly kind: 'not-observable'; readonly because: string };

type Judge = (seen: Observations) => Verdict;

const answer = (number: number, detail?: string): Verdict => ({ kind: 'answer', answer: number, ...(detail === undefined ? {} : { detail }) });
const other = (detail: string): Verdict => ({ kind: 'other', detail });
const notSeen = (because: string): Verdict => ({ kind: 'not-seen', because });
const notObservable = (because: string): Judge => () => ({ kind: 'not-observable', because });

const SECOND = 1_000;
const spoken = (ms: number): string => (ms < 2 * MINUTE ? `${Math.round(ms / SECOND)} s` : `${Math.round(ms / MINUTE)} min`);
const said = ({ name, message }: Refusal): string => `${name}: ${message}`;

/** The number of the first limit that a time is not above; where it never came, the one behind the last. */
function byTime(elapsed: Elapsed | undefined, limits: readonly number[], order: readonly number[]): Verdict {
  if (elapsed === undefined) {
    return notSeen('the probe did not come so far');
  }
  if ('notWithin' in elapsed) {
    return answer(order[limits.length], `not within ${spoken(elapsed.notWithin)}`);
  }
  const index = limits.findIndex((limit) => elapsed.took <= limit);
  return answer(order[index < 0 ? limits.length : index], `after ${spoken(elapsed.took)}`);
}

function byEffect(trial: Trial, meanings: { readonly [effect in Effect]?: number }): Judge {
  return ({ effects }) => {
    const effect = effects[trial];
    const words = { failed: 'it failed', waits: 'it waits for workers', nothing: 'the counters show nothing of it' };
    return effect === undefined ? notSeen('it was not tried') : meanings[effect] === undefined ? other(words[effect]) : answer(meanings[effect], words[effect]);
  };
}

function byRefusal(outcome: Refusal | 'accepted' | undefined): Verdict {
  return outcome === undefined ? notSeen('the job was past that before it could be tried') : outcome === 'accepted' ? answer(1) : answer(0, said(outcome));
}

const metadataOf = (line: Line | undefined): Line | undefined => line?.[`${ATTRIBUTE}-metadata`] as Line | undefined;

function withLabel(meaning: (label: Line, seen: Observations) => Verdict): Judge {
  return (seen) => (seen.label === undefined ? notSeen('no label was seen') : meaning(seen.label, seen));
}

/** Only where there are messages at all. */
function withMessages(meaning: (message: { readonly body: string; readonly sentAt: number }, seen: Observations) => Verdict): Judge {
  return (seen) => (seen.message === undefined ? notSeen('there was no message of the label') : meaning(seen.message, seen));
}

const byManifest = (listed: boolean | undefined): Verdict => (listed === undefined ? notSeen('no last manifest came in time') : answer(listed ? 1 : 0));

/** For each open question, what the observations say of it. The one place where seen becomes meant. */
const JUDGES: { readonly [id: string]: Judge } = {
  'expiry-status': notObservable('a job would have to run for 30 days'),
  'expiry-reason': notObservable('a job would have to run for 30 days'),
  'expired-waiting': notObservable('an object would have to wait for 14 days'),

  'stop-while-initializing': (seen) => byRefusal(seen.stopWhileInitializing),
  'stop-of-ended-job': (seen) => byRefusal(seen.stopOfEnded),
  'answers-while-stopping': ({ submittedWhileStopping: submitted, labeledWhileStopping: labeled }) => {
    if (submitted === undefined || submitted === 'unknown') {
      return notSeen('nobody had a task open when the job was stopped');
    }
    if (submitted === 'no') {
      return answer(0);
    }
    return labeled === undefined ? notSeen('no last manifest came in time') : labeled ? answer(1) : other('the page took the answer, and no label came of it');
  },
  'partial-answers-at-end': ({ pairAnswered, pairLabeled }) => (
    pairAnswered !== 'yes' || pairLabeled === undefined ? notSeen('nobody answered the picture that two workers were asked about') : answer(pairLabeled ? 1 : 0)),
  'concurrent-jobs': ({ jobsAtOnce, refusedAtOnce }) => {
    if (refusedAtOnce !== undefined) {
      return answer(1, `${jobsAtOnce} at once; ${said(refusedAtOnce)}`);
    }
    return jobsAtOnce === undefined || jobsAtOnce < 2 ? notSeen('there never were two jobs') : answer(0, `${jobsAtOnce} at once were taken`);
  },
  'new-account': ({ refusedFirst, arn }) => {
    if (refusedFirst === undefined) {
      return arn === undefined ? notSeen('no job was created') : answer(0);
    }
    const number = /AccessDenied/.test(refusedFirst.name) ? 1 : /Validation/.test(refusedFirst.name) ? 2 : undefined;
    return number === undefined ? other(said(refusedFirst)) : answer(number, `or a permission is missing: ${said(refusedFirst)}`);
  },
  'arn-casing': ({ arn, jobName = '' }) => {
    const name = arn?.slice(arn.lastIndexOf('/') + 1);
    return name === undefined ? notSeen('no job was created') : name === jobName ? answer(0) : name === jobName.toLowerCase() ? answer(1) : other(name);
  },
  'list-consistency': (seen) => byTime(seen.listedAfter, [MINUTE], [0, 1]),
  'describe-consistency': (seen) => byTime(seen.describedAfter, [5 * SECOND], [0, 1]),

  's3-key-decoding': withLabel((label, { keyAsWritten, keyDecoded }) => {
    const ref = label['source-ref'];
    return ref === keyAsWritten ? answer(0) : ref === keyDecoded ? answer(1) : other(String(ref));
  }),
  'unknown-messages': byEffect('unknown-message', { failed: 0, nothing: 1 }),
  'empty-manifest': ({ emptyManifest }) => byStatus(emptyManifest, { Failed: 0, InProgress: 1 }),
  'dollar-keys': ({ dollarManifest }) => byStatus(dollarManifest, { Failed: 0, InProgress: 1 }),
  'dedup-manifest-topic': byEffect('manifest-again', { waits: 0, nothing: 1 }),
  'dedup-jobs': byEffect('earlier-id', { waits: 0, nothing: 1 }),
  'object-ids': byEffect('plain-id', { waits: 0, failed: 1 }),
  'raw-delivery': ({ subscription }) => (subscription === undefined ? notSeen('no subscription was found') : answer(subscription.raw ? 1 : 0)),
  'missing-image': byEffect('missing-image', { failed: 0, waits: 1 }),
  'missing-cors': byEffect('missing-cors', { failed: 0, waits: 1 }),

  'message-shape': (seen) => {
    if (seen.message === undefined) {
      return seen.messagesWaited === undefined ? notSeen('no label was seen') : answer(2, `none within ${spoken(seen.messagesWaited)}`);
    }
    const parsed = JSON.parse(seen.message.body) as Line;
    return 'source-ref' in parsed ? answer(0) : answer(1, `its members: ${Object.keys(parsed).join(', ')}`);
  },
  'message-moment': withMessages((_message, { pairMessageBeforeEnd }) => (
    pairMessageBeforeEnd === undefined ? notSeen('nobody answered the picture that two workers were asked about') : answer(pairMessageBeforeEnd ? 1 : 0))),
  'message-on-failure': withMessages((_message, { messageOnFailure }) => (
    messageOnFailure === undefined ? notSeen('no object failed that has a source-ref') : answer(messageOnFailure ? 1 : 0))),
  'message-delay': withMessages(({ sentAt, body }) => {
    const made = creationOf(lineIn(body));
    return made === undefined ? notSeen('the message does not say when the label was made') : byTime({ took: Math.max(0, sentAt - made) }, [MINUTE], [0, 1]);
  }),
  'consolidation-time': withLabel((label, { answeredAt, lastLabel, pairMessageBeforeEnd }) => {
    // where messages come with the answers, only the manifest tells of the label
    const made = creationOf(lastLabel ?? (pairMessageBeforeEnd === false ? label : undefined));
    return made === undefined || answeredAt === undefined
      ? notSeen('it is not known when the answer was given') : byTime({ took: Math.max(0, made - answeredAt) }, [2 * MINUTE], [0, 1]);
  }),
  'manifest-refresh': (seen) => byTime(seen.manifestAfterLabel, [30 * MINUTE], [0, 1]),
  'manifest-finality': (seen) => byTime(seen.manifestAfterEnd, [30 * SECOND, 30 * MINUTE], [1, 0, 2]),
  'manifest-unlabeled': (seen) => byManifest(seen.unlabeledListed),
  'manifest-without-lines': (seen) => byManifest(seen.manifestWithoutLines),
  'failure-line': ({ failedLine }) => {
    if (failedLine === undefined) {
      return notSeen('no object failed that has a source-ref');
    }
    const metadata = failedLine === 'none' ? undefined : metadataOf(failedLine);
    return failedLine === 'none' ? other('it is not there') : metadata === undefined ? answer(1) : 'failure-reason' in metadata ? answer(0) : other(JSON.stringify(metadata));
  },
  'failure-reason': ({ failedLine }) => {
    const reason = failedLine === undefined || failedLine === 'none' ? undefined : metadataOf(failedLine)?.['failure-reason'];
    return reason === undefined ? notSeen('no failure-reason was seen') : reason === '' ? answer(1) : answer(0, String(reason));
  },
  'job-name-in-metadata': withLabel((label, { jobName = '' }) => {
    const named = String(metadataOf(label)?.['job-name']);
    const is = (wanted: string): boolean => named.toLowerCase() === wanted.toLowerCase();
    return is(jobName) ? answer(0) : is(`labeling-job/${jobName}`) ? answer(1) : other(named);
  }),
  'class-index': withLabel((label) => {
    const type = typeof label[ATTRIBUTE];
    return type === 'number' ? answer(0) : type === 'string' ? answer(1) : other(type);
  }),

  'counters-carried': ({ labeledFromManifest: labeled }) => (
    labeled === undefined ? notSeen('the counters were not seen') : labeled === 1 ? answer(0) : labeled === 0 ? answer(1) : other(`${labeled} are counted`)),
  'counter-delay': (seen) => {
    const delay = seen.counterDelay;
    return byTime(delay, [30 * SECOND, 5 * MINUTE], [1, 0, 2]);
  },
};

function byStatus(job: Observations['emptyManifest'], meanings: { readonly [status: string]: number }): Verdict {
  if (job === undefined) {
    return notSeen('the job was not made');
  }
  const number = meanings[job.status];
  return number === undefined ? other(`${job.status}: ${job.reason ?? ''}`) : answer(number, job.reason);
}

export interface Judged {
  readonly question: OpenQuestion;
  readonly verdict: Verdict;
}

/** Every open question with what was seen of it. A job that was refused leaves all others unseen. */
export function judge(seen: Observations): Judged[] {
  return OPEN_QUESTIONS.map((question) => ({ question, verdict: verdictOf(question.id, seen) }));
}

function verdictOf(id: string, seen: Observations): Verdict {
  const judgeOne = JUDGES[id];
  if (judgeOne === undefined) {
    throw new Error(`the probe has nothing to say of the open question ${id}`);
  }
  const verdict = judgeOne(seen);
  return seen.refusedFirst !== undefined && id !== 'new-account' && verdict.kind !== 'not-observable' ? notSeen('no labeling job could be created') : verdict;
}
