import * as z from 'zod';
import { ENVIRONMENT } from '../../contract/environment';
import { ProjectResources } from '../../contract/project-configuration';
import { DEFAULT_TIMINGS, Timings } from '../../contract/timings';

type Environment = { readonly [name: string]: string | undefined };

const text = z.string().min(1);

const RESOURCES: z.ZodType<ProjectResources> = z.object({
  projectId: text,
  ledgerTable: text,
  dropBucket: text,
  dropPrefix: z.string(),
  dropBucketIsOwn: z.boolean(),
  inputBucket: text,
  outputBucket: text,
  inputTopicArn: text,
  outputTopicArn: text,
  intakeQueueUrl: text,
  intakeDeadLetterQueueUrl: text,
  recorderQueueUrl: text,
  recorderDeadLetterQueueUrl: text,
  executionRoleArn: text,
  pipelineName: text.optional(),
  controllerFunction: text.optional(),
  outputKmsKeyArn: text.optional(),
});

const milliseconds = z.number().int().nonnegative();

const TIMINGS = z.strictObject(Object.fromEntries(Object.keys(DEFAULT_TIMINGS).map((name) => [name, milliseconds.optional()])));

/** The project's resources from the environment. Throws one sentence that names the variable and its first fault. */
export function readResources(environment: Environment = process.env): ProjectResources {
  const value = environment[ENVIRONMENT.RESOURCES];
  if (value === undefined) {
    throw new Error(`The environment variable ${ENVIRONMENT.RESOURCES} is not set: it must hold the project's resources as JSON.`);
  }
  return parse(ENVIRONMENT.RESOURCES, value, RESOURCES);
}

/** The default timings with those changed that the environment names, in milliseconds. */
export function readTimings(environment: Environment = process.env): Timings {
  const value = environment[ENVIRONMENT.TIMINGS];
  return value === undefined || value === '' ? DEFAULT_TIMINGS : { ...DEFAULT_TIMINGS, ...parse(ENVIRONMENT.TIMINGS, value, TIMINGS) };
}

function parse<T>(variable: string, json: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`The environment variable ${variable} is no JSON: ${(error as Error).message}.`);
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    throw new Error(`The environment variable ${variable} is wrong${path.length > 0 ? ` at ${path.join('.')}` : ''}: ${message}.`);
  }
  return result.data;
}
