import * as z from 'zod';
import { HookAnswer } from '../../../contract/hook';
import { HOOK_ATTRIBUTES_MAX_BYTES, HOOK_ATTRIBUTE_NAME, HOOK_CONTRACT_VERSION, HOOK_DETAIL_MAX_LENGTH, HOOK_REASON } from '../../../contract/hook-limits';
import { RENDITION_NAME } from '../../../contract/transforms';
import { numberProblem } from '../../table-rules';

/** The ledger must be able to hold it: what is recorded of an image must not fail there, where no later try would do better. */
function checkNumber(value: unknown, context: z.RefinementCtx): void {
  const problem = typeof value === 'number' ? numberProblem(value) : undefined;
  if (problem !== undefined) {
    context.addIssue(`${problem}; write what has more digits as a text`);
  }
}

const ATTRIBUTE = z.union([z.string(), z.number(), z.boolean()], 'it must be a string, a number or a boolean').superRefine(checkNumber);

const ATTRIBUTES = z.record(z.string().regex(HOOK_ATTRIBUTE_NAME), ATTRIBUTE)
  .superRefine((attributes, context) => {
    const bytes = Buffer.byteLength(JSON.stringify(attributes));
    if (bytes > HOOK_ATTRIBUTES_MAX_BYTES) {
      context.addIssue(`they have ${bytes} bytes of JSON in UTF-8; ${HOOK_ATTRIBUTES_MAX_BYTES} are allowed`);
    }
  });

/** What code of the user's may say of an image that it made, wherever the image is. */
export const IMAGE_MEMBERS = {
  name: z.string().regex(RENDITION_NAME).optional(),
  inverseTransform: z.array(z.number().superRefine(checkNumber)).length(6).refine(([a, b, c, d]) => a * d - b * c !== 0, 'a map that has no way back').optional(),
  priority: z.int().min(0).max(9).optional(),
  // what is in it depends on the task: preLabelProblems
  preLabel: z.looseObject({}).optional(),
  attributes: ATTRIBUTES.optional(),
};

export const REJECTION = z.strictObject({
  reason: z.string().regex(HOOK_REASON), detail: z.string().max(HOOK_DETAIL_MAX_LENGTH).optional(),
});

const IMAGE = z.strictObject({
  key: z.string().min(1).max(1_024).optional(),
  body: z.base64().min(1).optional(),
  ...IMAGE_MEMBERS,
}).refine(({ key, body }) => (key === undefined) !== (body === undefined), 'an image needs either a key or a body');

const ANSWER = z.strictObject({
  contractVersion: z.literal(HOOK_CONTRACT_VERSION),
  images: z.array(IMAGE).optional(),
  reject: REJECTION.optional(),
}).refine(({ images, reject }) => (images === undefined) !== (reject === undefined), 'an answer needs either images or reject');

/** The answer, or in one sentence what is wrong with it. */
export function readAnswer(payload: string, prefix: string): { readonly answer: HookAnswer } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return { problem: `the answer is no JSON: ${payload.slice(0, 100)}` };
  }
  const parsed = ANSWER.safeParse(value);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    return { problem: `the answer is wrong${path.length > 0 ? ` at ${placeOf(path)}` : ''}: ${message}` };
  }
  const images = parsed.data.images ?? [];
  const strange = images.findIndex(({ key }) => key !== undefined && !key.startsWith(prefix));
  if (strange >= 0) {
    return { problem: `the answer is wrong at images[${strange}].key: it is ${JSON.stringify(images[strange].key)} and must begin with the request's ${prefix}` };
  }
  const keys = images.map(({ key }) => key);
  const twice = keys.findIndex((key, index) => key !== undefined && keys.indexOf(key) < index);
  return twice >= 0 ? { problem: `the answer is wrong at images[${twice}].key: an earlier image has the same` } : { answer: parsed.data as HookAnswer };
}

export function placeOf(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').replace(/^\./, '');
}
