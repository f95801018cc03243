/**
 * Limits of the services below us, each with where it is published, and our own.
 * Synth-time checks, the runtime and the docs read them here.
 */

/** Labeling job names: 1-63 letters, digits and inner hyphens (API model of `CreateLabelingJob`). */
export const JOB_NAME_MAX_LENGTH = 63;

/** Length of the chain id in a job name: `<project>-<chain id>-<number>`. */
export const CHAIN_ID_LENGTH = 8;

/** Digits that we reserve for the job number. A chain of a job each month needs two in eight years. */
export const JOB_NUMBER_MAX_DIGITS = 6;

/** What remains for the project name of a job name. */
export const PROJECT_NAME_MAX_LENGTH = JOB_NAME_MAX_LENGTH - CHAIN_ID_LENGTH - JOB_NUMBER_MAX_DIGITS - 2;

/** `LabelAttributeName`: 1-127 (API model). */
export const LABEL_ATTRIBUTE_NAME_MAX_LENGTH = 127;

/** `TaskTitle`: 1-128 (API model). */
export const TASK_TITLE_MAX_LENGTH = 128;

/** `TaskDescription`: 1-255, one line (API model). */
export const TASK_DESCRIPTION_MAX_LENGTH = 255;

/** `TaskKeywords`: at most five (API model). */
export const TASK_KEYWORDS_MAX = 5;

/** A label's name (Developer Guide, label category configuration file). */
export const LABEL_NAME_MAX_LENGTH = 256;

/** Tags of a labeling job (API model). We add two of our own. */
export const JOB_TAGS_MAX = 50;

/** `NumberOfHumanWorkersPerDataObject` (API model). */
export const WORKERS_PER_IMAGE = { min: 1, max: 9 } as const;

/** `TaskTimeLimitInSeconds` of image tasks (API reference of `HumanTaskConfig`). */
export const TASK_TIME_LIMIT_SECONDS = { min: 30, max: 28_800 } as const;

/** `TaskAvailabilityLifetimeInSeconds` of private and vendor teams (API reference of `HumanTaskConfig`). */
export const TASK_AVAILABILITY_SECONDS = { min: 60, max: 2_592_000 } as const;

/** `MaxConcurrentTaskCount` (API model; above 1,000 only after a request to AWS Support). */
export const CONCURRENT_TASKS = { min: 1, max: 5_000 } as const;

/** Size of a stored image: 40 MB (Developer Guide, input data quotas), in the smaller of the two readings. */
export const IMAGE_MAX_BYTES = 40_000_000;

/** Pixels of a stored image (Developer Guide, input data quotas). */
export const IMAGE_MAX_PIXELS = 100_000_000;

/** A manifest line (Developer Guide, input manifest). */
export const MANIFEST_LINE_MAX_CHARACTERS = 100_000;

/** One attribute of a manifest line (Developer Guide, input manifest). */
export const MANIFEST_ATTRIBUTE_MAX_CHARACTERS = 20_000;

/** `source-ref`: `S3Uri` fields hold 1,024 characters; we leave room for the de-duplication suffix, whose limit is also 1,024. */
export const SOURCE_REF_MAX_BYTES = 1_000;

/** A worker template (API model of `RenderUiTemplate`). */
export const TEMPLATE_MAX_CHARACTERS = 128_000;

/**
 * A text of which no page is made at all: our own limit. A page is hardly ever shorter than its Markdown, but wide tables, escapes and
 * link definitions shrink: half of it is more than any real text loses.
 */
export const INSTRUCTIONS_TEXT_MAX_CHARACTERS = 2 * TEMPLATE_MAX_CHARACTERS;

/** Entries of one SNS `PublishBatch` or SQS `SendMessageBatch`. */
export const BATCH_ENTRIES_MAX = 10;

/** Days after which Ground Truth ends a job (Developer Guide, labeling job expiration). */
export const JOB_LIFETIME_DAYS = 30;

/** Days without work after which Ground Truth stops a streaming job (Developer Guide, stop a streaming labeling job). */
export const JOB_IDLE_DAYS = 10;

/** Images that one drop may give: our own limit. Storing and recording so many takes about a minute of the intake function's five. */
export const DROP_MAX_IMAGES = 1_000;

/** Bits in which near duplicates may differ. More would have so many bands of so few bits that everything shares one. */
export const NEAR_DUPLICATE_DISTANCE = { min: 0, max: 8 } as const;

/** An example image is read whole by the function that makes it web-sized. */
export const EXAMPLE_IMAGE_MAX_BYTES = 50_000_000;
/** All example images of a folder of instructions together. */
export const EXAMPLE_IMAGES_MAX_BYTES = 250_000_000;
