/** Why a drop or an image is in quarantine, or an image is held: the code that the ledger, events and metrics carry. */
export const REASON = {
  EMPTY: 'empty',
  NOT_AN_IMAGE: 'not-an-image',
  UNSUPPORTED_TYPE: 'unsupported-type',
  TRUNCATED: 'truncated',
  CORRUPT: 'corrupt',
  TOO_LARGE_FILE: 'too-large-file',
  TOO_MANY_PIXELS: 'too-many-pixels',
  TOO_SMALL: 'too-small',
  OUTPUT_TOO_LARGE: 'output-too-large',
  OUTPUT_TOO_MANY_PIXELS: 'output-too-many-pixels',
  TOO_MANY_IMAGES: 'too-many-images',
  NO_OUTPUT: 'no-output',
  ENGINEERING_FAILED: 'engineering-failed',
  BAD_PRE_LABEL: 'bad-pre-label',
  HOOK_REJECTED: 'hook-rejected',
  HOOK_FAILED: 'hook-failed',
  HOOK_TIMED_OUT: 'hook-timed-out',
  HOOK_BAD_ANSWER: 'hook-bad-answer',
  HOOK_BAD_IMAGE: 'hook-bad-image',
  ENGINEERING_REJECTED: 'engineering-rejected',
  PROCESSOR_CRASH: 'processor-crash',
  LABELING_FAILED: 'labeling-failed',
  NEVER_LABELED: 'never-labeled',
  NO_PRE_LABEL: 'no-pre-label',
  NEAR_DUPLICATE: 'near-duplicate',
} as const;

export type ReasonCode = typeof REASON[keyof typeof REASON];

/** What to do about it, in one sentence for each. */
export const REMEDIES: { readonly [code in ReasonCode]: string } = {
  // ---- the drop's bytes
  'empty': 'Nothing of the file arrived: upload it again, and drop no placeholders.',
  'not-an-image': 'The bytes are no image, whatever the name says: drop images only, or keep other files under another prefix.',
  'unsupported-type': 'The image is of a type that workers\' browsers or this pipeline cannot show: convert it to JPEG or PNG and drop that.',
  'truncated': 'Data is missing, most often because an upload broke off: upload the whole file again.',
  'corrupt': 'The bytes are damaged: export the image again from where it came.',
  'too-large-file': 'The file is larger than the pipeline reads: reduce it before dropping it.',
  'too-many-pixels': 'Decoding the image needs more memory than the pipeline has: reduce it before dropping it.',

  'bad-pre-label': 'The metadata `pre-label` that came with the file does not fit the project\'s labels: mend what writes it and drop the file again.',

  // ---- what the transforms make of it
  'too-small': 'There is too little for the crop: drop larger images, or set the crop\'s `tooSmall` to pad or shrink.',
  'output-too-large': 'Ground Truth takes images of at most 40 MB: add a resize or write JPEG.',
  'output-too-many-pixels': 'Ground Truth takes images of at most 100 megapixels: add a crop or a resize.',
  'too-many-images': 'One drop may give 1,000 images: make the tiles larger, or add a resize before them.',
  'no-output': 'Feature engineering made no image of this drop: if that was not wanted, mend the code and `requeue` the drop.',
  'engineering-failed': 'The feature engineering code failed for this drop each time: read its log, mend it and `requeue` the drop.',
  'hook-rejected': 'Your feature engineering function decided so: if it should not have, mend it and `requeue` the drop.',
  'hook-failed': 'Your feature engineering function fails for this drop: read its log, mend it and `requeue` the drop.',
  'hook-timed-out': 'Your feature engineering function takes too long for this drop: give it more memory or less to do, and `requeue` the drop.',
  'hook-bad-answer': 'Your feature engineering function does not keep to the contract in docs/feature-engineering.md: mend it and `requeue` the drop.',
  'hook-bad-image': 'Your feature engineering function returned an image that workers could not be shown: mend it and `requeue` the drop.',
  'engineering-rejected': 'Your feature engineering code decided so: if it should not have, mend it and `requeue` the drop.',
  'processor-crash': 'The processor died each time it worked on this drop (memory or time): look at the file, and drop it again when it is smaller.',

  // ---- labeling
  'labeling-failed': 'Ground Truth failed to label the image in several jobs: look at the recorded failure; `requeue` offers it again.',
  'never-labeled': 'The image was offered to many jobs and no worker ever labeled it: check that workers can open it; `requeue` offers it again.',
  // ---- held
  'no-pre-label': 'Workers adjust or verify a label that the image comes with, and there is none that fits: drop the same file again '
    + 'with one in its metadata, or let the feature engineering give one to each image.',
  'near-duplicate': 'The image looks like one that workers get or got: if it should be labeled too, `requeue` it; else leave it, nothing is lost.',
};

export function isReasonCode(value: string): value is ReasonCode {
  return Object.hasOwn(REMEDIES, value);
}
