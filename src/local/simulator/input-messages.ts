import { ReceivedMessage } from './cloud';
import { isJsonObject, JsonObject, JsonValue, parseJsonObject } from './json';
import { SimulatorOptions } from './options';

/** An object to label, as a message or a manifest line named it. */
export interface InputObject {
  /** The input line; what the worker and the output see of it. */
  readonly line: JsonObject;
  /** What tells duplicates. */
  readonly id: string;
  /** Whether the line itself names the attribute that holds its id. */
  readonly ownId: boolean;
  /** Only of objects that an S3 event announced. */
  readonly sequencer?: string;
  /** Why it can never be labeled. */
  readonly problem?: string;
}

const KEY_ATTRIBUTE = 'dataset-objectid-attribute-name';
const KEY_PATTERN = /^[$a-zA-Z0-9](-*[a-zA-Z0-9])*$/;
const MAX_KEY = 140;
const MAX_ID = 1024;
const MAX_LINE = 100_000;

/** The objects that a message of the queue names. Never throws: what cannot be understood becomes an object with a problem, or nothing. */
export function readMessage(message: ReceivedMessage, options: SimulatorOptions): InputObject[] {
  const outer = parseJsonObject(message.body);
  const wrapped = outer !== undefined && outer.Type === 'Notification' && typeof outer.Message === 'string';
  const body = wrapped ? outer.Message as string : message.body;
  const id = wrapped && typeof outer.MessageId === 'string' ? outer.MessageId : message.messageId;
  const content = wrapped ? parseJsonObject(body) : outer;
  if (content && Array.isArray(content.Records)) {
    return content.Records.filter(isJsonObject).flatMap((record, index) => readRecord(record, `${id}/${index}`, options));
  }
  if (content && (typeof content['source-ref'] === 'string' || typeof content.source === 'string')) {
    const problem = body.length > MAX_LINE ? `the line has more than ${MAX_LINE} characters` : undefined;
    return [identify(content, id, options, problem)];
  }
  if (content === undefined) {
    return [{ line: {}, id, ownId: false, problem: 'the message is not valid JSON' }];
  }
  return unknownMessage(id, options);
}

/** Gives a line its id: the one it names itself, or the given one. */
export function identify(line: JsonObject, generatedId: string, options: SimulatorOptions, problem?: string): InputObject {
  const attribute = line[KEY_ATTRIBUTE];
  if (attribute === undefined) {
    return { line, id: generatedId, ownId: false, problem };
  }
  const own = typeof attribute === 'string' ? line[attribute] : undefined;
  const wrong = problem ?? idProblem(attribute, own, options);
  return wrong === undefined && typeof own === 'string'
    ? { line, id: own, ownId: true }
    : { line, id: generatedId, ownId: false, problem: wrong };
}

function idProblem(attribute: JsonValue, own: JsonValue | undefined, options: SimulatorOptions): string | undefined {
  if (typeof attribute !== 'string' || attribute.length > MAX_KEY || !KEY_PATTERN.test(attribute)) {
    return `${KEY_ATTRIBUTE} must match ${KEY_PATTERN.source} with at most ${MAX_KEY} characters`;
  }
  if (typeof own !== 'string' || own.length === 0 || own.length > MAX_ID) {
    return `the attribute "${attribute}" must be a text of 1 to ${MAX_ID} characters`;
  }
  return options.objectIdsMustBeUris && !/^(https|s3):\/\/([^/]+)\/?(.*)$/.test(own) ? `the id "${own}" must be an s3 or https URI` : undefined;
}

/** One record of an S3 event message; only new objects are for labeling. */
function readRecord(record: JsonObject, id: string, options: SimulatorOptions): InputObject[] {
  const s3 = isJsonObject(record.s3) ? record.s3 : undefined;
  const bucket = s3 && isJsonObject(s3.bucket) ? s3.bucket.name : undefined;
  const object = s3 && isJsonObject(s3.object) ? s3.object : undefined;
  if (typeof bucket !== 'string' || typeof object?.key !== 'string') {
    return unknownMessage(id, options);
  }
  if (typeof record.eventName === 'string' && !record.eventName.startsWith('ObjectCreated')) {
    return [];
  }
  const uri = `s3://${bucket}/${options.decodesS3Keys ? decodeEventKey(object.key) : object.key}`;
  const sequencer = typeof object.sequencer === 'string' ? object.sequencer : '';
  return [{ line: { 'source-ref': uri }, id: `${uri}#${sequencer}`, ownId: false, sequencer }];
}

function unknownMessage(id: string, options: SimulatorOptions): InputObject[] {
  return options.unknownMessages === 'failing-object'
    ? [{ line: {}, id, ownId: false, problem: 'the message names no object to label' }]
    : [];
}

function decodeEventKey(key: string): string {
  try {
    return decodeURIComponent(key.replace(/\+/g, ' '));
  } catch {
    return key;
  }
}
