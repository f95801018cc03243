import { MINUTE, SECOND } from './clock';
import { SimulatorOptions } from './options';

/** One of the answers that an open question may turn out to have. */
export interface PossibleAnswer {
  /** Options of the simulator that give it. */
  readonly options: Partial<SimulatorOptions>;
  /** In words. */
  readonly means: string;
}

/**
 * What is not known about Ground Truth and that a client could come to feel. Nobody here could ask a live account: whoever
 * has one can see which answer is right, and every other one must be safe.
 */
export interface OpenQuestion {
  readonly id: string;
  readonly question: string;
  /** The first is the simulator's default. */
  readonly answers: readonly [PossibleAnswer, PossibleAnswer, ...PossibleAnswer[]];
}

function answer(options: Partial<SimulatorOptions>, means: string): PossibleAnswer {
  return { options, means };
}

/** Every open question, with the options of the simulator that give its answers. */
export const OPEN_QUESTIONS: readonly OpenQuestion[] = [
  // --- Life of a job -------------------------------------------------------------------------------------------------
  {
    id: 'expiry-status',
    question: 'How does a streaming job end at 30 days?',
    answers: [
      answer({ expiryStatus: 'Failed' }, 'as Failed'),
      answer({ expiryStatus: 'Stopped' }, 'as Stopped'),
      answer({ expiryStatus: 'Completed' }, 'as Completed'),
    ],
  },
  {
    id: 'expiry-reason',
    question: 'What does the service say of a job that reached 30 days?',
    answers: [
      answer({}, 'a sentence that names the 30 days'),
      answer({ expiryReason: 'InternalServerError' }, 'something that does not tell'),
    ],
  },
  {
    id: 'stop-while-initializing',
    question: 'What does StopLabelingJob do to a job that is Initializing?',
    answers: [
      answer({ stopWhileInitializing: 'refused' }, 'it is refused'),
      answer({ stopWhileInitializing: 'accepted' }, 'the job stops'),
    ],
  },
  {
    id: 'stop-of-ended-job',
    question: 'What does StopLabelingJob say of a job that is over?',
    answers: [
      answer({ stopOfEndedJob: 'refused' }, 'it is refused'),
      answer({ stopOfEndedJob: 'ignored' }, 'nothing'),
    ],
  },
  {
    id: 'answers-while-stopping',
    question: 'Can workers still answer while a job is Stopping?',
    answers: [
      answer({ tasksOpenWhileStopping: false }, 'no, their tasks close at once'),
      answer({ tasksOpenWhileStopping: true }, 'yes, until it is Stopped'),
    ],
  },
  {
    id: 'partial-answers-at-end',
    question: 'What becomes of answers whose image still waits for other workers when the job ends?',
    answers: [
      answer({ partialAnswersAtEnd: 'discarded' }, 'they are thrown away'),
      answer({ partialAnswersAtEnd: 'consolidated' }, 'a label is made of them'),
    ],
  },
  {
    id: 'concurrent-jobs',
    question: 'How many labeling jobs may an account have at once?',
    answers: [
      answer({ concurrentJobs: 20 }, 'enough'),
      answer({ concurrentJobs: 1 }, 'so few that others in the account take the last one'),
    ],
  },
  {
    id: 'new-account',
    question: 'Is CreateLabelingJob refused to an account that never used Ground Truth, and how?',
    answers: [
      answer({ newAccountRefused: undefined }, 'the account is enabled'),
      answer({ newAccountRefused: 'AccessDeniedException' }, 'access is denied'),
      answer({ newAccountRefused: 'ValidationException' }, 'the request is said to be invalid'),
    ],
  },
  {
    id: 'arn-casing',
    question: 'How are job names spelled in ARNs?',
    answers: [
      answer({ arnCasing: 'as-given' }, 'as they were given'),
      answer({ arnCasing: 'lower' }, 'in lower case'),
    ],
  },
  {
    id: 'list-consistency',
    question: 'How soon does a new job appear in lists?',
    answers: [
      answer({ listConsistencyDelay: 5 * SECOND }, 'within seconds'),
      answer({ listConsistencyDelay: 10 * MINUTE }, 'after minutes'),
    ],
  },
  {
    id: 'describe-consistency',
    question: 'Can a new job be described at once?',
    answers: [
      answer({ describeConsistencyDelay: 0 }, 'yes'),
      answer({ describeConsistencyDelay: 4 * MINUTE }, 'for some minutes the service says that there is no such job'),
    ],
  },

  // --- Input ---------------------------------------------------------------------------------------------------------
  {
    id: 's3-key-decoding',
    question: 'Does Ground Truth decode the keys of S3 events?',
    answers: [
      answer({ decodesS3Keys: false }, 'no, it takes them as they are written'),
      answer({ decodesS3Keys: true }, 'yes'),
    ],
  },
  {
    id: 'unknown-messages',
    question: 'What becomes of S3\'s test event and of other messages that name no object?',
    answers: [
      answer({ unknownMessages: 'failing-object' }, 'an object that fails'),
      answer({ unknownMessages: 'ignored' }, 'nothing'),
    ],
  },
  {
    id: 'empty-manifest',
    question: 'What does a manifest without lines do?',
    answers: [
      answer({ emptyManifest: 'fails' }, 'the job fails'),
      answer({ emptyManifest: 'ignored' }, 'nothing, the job runs'),
    ],
  },
  {
    id: 'dollar-keys',
    question: 'May the lines of an input manifest have attributes that begin with $?',
    answers: [
      answer({ acceptsDollarKeys: false }, 'no, the job fails'),
      answer({ acceptsDollarKeys: true }, 'yes'),
    ],
  },
  {
    id: 'dedup-manifest-topic',
    question: 'Is an image of the manifest dropped when it comes again through the topic?',
    answers: [
      answer({ dedupAcrossManifestAndSns: false }, 'no, workers get it'),
      answer({ dedupAcrossManifestAndSns: true }, 'yes'),
    ],
  },
  {
    id: 'dedup-jobs',
    question: 'Is a message dropped whose de-duplication id an earlier job received?',
    answers: [
      answer({ dedupAcrossJobs: false }, 'no, ids are known within one job only'),
      answer({ dedupAcrossJobs: true }, 'yes'),
    ],
  },
  {
    id: 'object-ids',
    question: 'Must de-duplication ids be URIs?',
    answers: [
      answer({ objectIdsMustBeUris: false }, 'no, any text will do'),
      answer({ objectIdsMustBeUris: true }, 'yes, any other object fails'),
    ],
  },
  {
    id: 'raw-delivery',
    question: 'Is Ground Truth\'s queue subscribed with raw delivery?',
    answers: [
      answer({ rawDelivery: false }, 'no, messages come in an envelope'),
      answer({ rawDelivery: true }, 'yes'),
    ],
  },
  {
    id: 'missing-image',
    question: 'What becomes of an image that is not in its bucket?',
    answers: [
      answer({ missingObject: 'fails' }, 'it fails'),
      answer({ missingObject: 'stalls' }, 'its task stays open, and no worker can see it'),
    ],
  },
  {
    id: 'missing-cors',
    question: 'What becomes of images in a bucket without CORS?',
    answers: [
      answer({ missingCors: 'fails' }, 'they fail'),
      answer({ missingCors: 'stalls' }, 'their tasks stay open, and no worker can see them'),
    ],
  },
  {
    id: 'expired-waiting',
    question: 'Are objects counted that waited 14 days without being offered to a worker?',
    answers: [
      answer({ expiredWaiting: 'not-counted' }, 'no, they are simply gone'),
      answer({ expiredWaiting: 'failed' }, 'yes, as failed'),
    ],
  },

  // --- Output --------------------------------------------------------------------------------------------------------
  {
    id: 'message-shape',
    question: 'What does a message of the output topic look like?',
    answers: [
      answer({ outputMessageShape: 'line' }, 'like the line of the output manifest'),
      answer({ outputMessageShape: 'wrapped' }, 'the line lies in an envelope'),
      answer({ outputMessageShape: 'none' }, 'there never is one'),
    ],
  },
  {
    id: 'message-moment',
    question: 'When does an object give a message to the output topic?',
    answers: [
      answer({ outputMessageAt: 'label' }, 'when it is labeled'),
      answer({ outputMessageAt: 'answer' }, 'at the answer of each worker'),
    ],
  },
  {
    id: 'message-on-failure',
    question: 'Do failed objects give messages to the output topic?',
    answers: [
      answer({ outputMessageOnFailure: false }, 'no'),
      answer({ outputMessageOnFailure: true }, 'yes'),
    ],
  },
  {
    id: 'message-delay',
    question: 'How soon does the message follow the label?',
    answers: [
      answer({ outputMessageDelay: 0 }, 'at once'),
      answer({ outputMessageDelay: 7 * MINUTE }, 'after minutes'),
    ],
  },
  {
    id: 'consolidation-time',
    question: 'How long does it take from the last answer to the label?',
    answers: [
      answer({ consolidationTime: 0 }, 'no time'),
      answer({ consolidationTime: 6 * MINUTE }, 'minutes'),
    ],
  },
  {
    id: 'manifest-refresh',
    question: 'How often is the output manifest written while the job runs?',
    answers: [
      answer({ manifestRefreshPeriod: 10 * MINUTE }, 'every few minutes'),
      answer({ manifestRefreshPeriod: 12 * 60 * MINUTE }, 'twice a day'),
    ],
  },
  {
    id: 'manifest-finality',
    question: 'How soon after the end of the job is its output manifest final?',
    answers: [
      answer({ manifestFinalityDelay: 3 * MINUTE }, 'within minutes'),
      answer({ manifestFinalityDelay: 0 }, 'at once'),
      answer({ manifestFinalityDelay: 2 * 60 * MINUTE }, 'after hours'),
    ],
  },
  {
    id: 'manifest-unlabeled',
    question: 'Does the output manifest list images that came through the topic and have no label?',
    answers: [
      answer({ manifestListsUnlabeledSnsObjects: false }, 'no'),
      answer({ manifestListsUnlabeledSnsObjects: true }, 'yes'),
    ],
  },
  {
    id: 'manifest-without-lines',
    question: 'Is an output manifest written that has no lines?',
    answers: [
      answer({ writesEmptyManifest: false }, 'no'),
      answer({ writesEmptyManifest: true }, 'yes'),
    ],
  },
  {
    id: 'failure-line',
    question: 'How is a failed object written into the output manifest?',
    answers: [
      answer({ failureLine: 'with-metadata' }, 'with a failure-reason'),
      answer({ failureLine: 'bare' }, 'as it came in'),
    ],
  },
  {
    id: 'failure-reason',
    question: 'What does the failure-reason say?',
    answers: [
      answer({ failureReason: undefined }, 'a sentence'),
      answer({ failureReason: '' }, 'nothing: the text is empty'),
    ],
  },
  {
    id: 'job-name-in-metadata',
    question: 'How is the job named in the metadata of a label?',
    answers: [
      answer({ jobNamesPrefixedInMetadata: false }, 'by its name'),
      answer({ jobNamesPrefixedInMetadata: true }, 'as labeling-job/<name>'),
    ],
  },
  {
    id: 'class-index',
    question: 'Of which type is the class index of single-class image classification?',
    answers: [
      answer({ classificationValue: 'number' }, 'a number'),
      answer({ classificationValue: 'string' }, 'a text'),
    ],
  },

  // --- Counters ------------------------------------------------------------------------------------------------------
  {
    id: 'counters-carried',
    question: 'Do the counters include images that came labeled in the manifest?',
    answers: [
      answer({ countersIncludeCarried: true }, 'yes'),
      answer({ countersIncludeCarried: false }, 'no'),
    ],
  },
  {
    id: 'counter-delay',
    question: 'How late are the counters?',
    answers: [
      answer({ counterDelay: 90 * SECOND }, 'a minute or two'),
      answer({ counterDelay: 0 }, 'not at all'),
      answer({ counterDelay: 12 * MINUTE }, 'many minutes'),
    ],
  },
];

/** Open questions that no client of streaming labeling jobs comes to feel, with the reason; nothing is simulated for them. */
export const QUESTIONS_NOT_ASKED: readonly { readonly question: string; readonly because: string }[] = [
  { question: 'How long is a ClientRequestToken remembered?', because: 'CreateLabelingJob has none; the name of a job is what makes its creation idempotent.' },
  { question: 'In which namespace are the metrics of labeling jobs?', because: 'Nothing reads or charts them.' },
  { question: 'Is Ground Truth\'s queue encrypted?', because: 'Nobody but Ground Truth reads it; only its length is looked at.' },
  { question: 'How many calls a second does the API take?', because: 'Any call may be throttled at any time, which is a fault and no setting.' },
];
