import * as z from 'zod';
import { requeueTargets } from './requeue-targets';
import { BackfillOrder } from '../../contract/backfill';
import { COMMANDS, CommandName, OperatorRequest } from '../../contract/operator';
import { CommandSubject } from '../ledger/commands';

/** Who orders something, at most. Characters. */
const BY_MAX = 200;

/** An order, and later what became of it, is one item of the ledger, which holds 400 KB. */
const SUBJECT_MAX_BYTES = 200_000;

/** What is null was left out: callers in other languages have nothing else to say so. */
const absent = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);

const text = z.string().max(1_024);

const BY = absent(z.string().max(BY_MAX));
const BACKFILL = absent(z.strictObject({
  source: absent(z.strictObject({ bucket: text, prefix: text, inventory: absent(z.strictObject({ bucket: text, manifestKey: text })) })),
  objectsPerMinute: absent(z.number()),
  plan: absent(text),
}));

/** An order that may be written down. */
export interface CheckedOrder {
  readonly command: CommandName;
  readonly by?: string;
  readonly subject: CommandSubject;
}

/** What a request orders, checked before it is written down. Throws what is wrong and what is allowed. */
export function checkedOrder({ command, by, targets, backfill }: OperatorRequest): CheckedOrder {
  if (!COMMANDS.includes(command as CommandName)) {
    throw new Error(`unknown command '${command}'; allowed are status, ${COMMANDS.join(', ')}`);
  }
  const subject: CommandSubject = command === 'requeue' ? { targets: requeueTargets(targets) }
    : command.startsWith('backfill-') ? { backfill: checked('backfill', BACKFILL, backfill) as BackfillOrder | undefined } : {};
  const size = Buffer.byteLength(JSON.stringify(subject));
  if (size > SUBJECT_MAX_BYTES) {
    throw new Error(`the order has ${size} bytes; at most ${SUBJECT_MAX_BYTES} are allowed: name fewer things at once`);
  }
  return { command: command as CommandName, by: checked('by', BY, by), subject };
}

function checked<T>(name: string, type: z.ZodType<T>, given: unknown): T {
  const parsed = type.safeParse(given);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new Error(`the order's ${[name, ...path].join('.')} is wrong: ${message}`);
  }
  return parsed.data;
}
