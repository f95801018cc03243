import { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { MemoryTable } from '../../../src/runtime/memory/memory-table';
import { Condition, Item, Key, Outcome, Query, Value, Write } from '../../../src/runtime/ports';

type Attributes = Record<string, AttributeValue>;

interface Expressions {
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Attributes;
}

interface OneWrite extends Expressions {
  readonly Item?: Attributes;
  readonly Key?: Attributes;
}

interface QueryInput extends Expressions {
  readonly IndexName?: string;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Attributes;
}

/** DynamoDB's side of the ledger's requests: what the shipping table asks for, a table in memory does. */
export async function answerDynamo(table: MemoryTable, command: string, input: never): Promise<object> {
  const answer = OPERATIONS[command];
  if (answer === undefined) {
    throw new Error(`the ledger is not known to send ${command}`);
  }
  return answer(table, input);
}

const OPERATIONS: { readonly [command: string]: (table: MemoryTable, input: never) => Promise<object> } = {
  GetItemCommand: async (table, input: { Key: Attributes }) => {
    const found = await table.get(keyOf(input.Key));
    return found ? { Item: attributesOf(found) } : {};
  },
  BatchGetItemCommand: async (table, input: { RequestItems: Record<string, { Keys: Attributes[] }> }) => {
    const [[name, { Keys }]] = Object.entries(input.RequestItems);
    return { Responses: { [name]: (await table.getMany(Keys.map(keyOf))).map(attributesOf) } };
  },
  QueryCommand: async (table, input: QueryInput) => {
    const values = unmarshall(input.ExpressionAttributeValues!);
    const query: Query = {
      pk: String(values[':pk']), prefix: values[':prefix'] as string | undefined, reverse: input.ScanIndexForward === false, limit: input.Limit,
      after: input.ExclusiveStartKey?.token.S,
    };
    const page = input.IndexName === undefined ? await table.query(query) : await table.queryIndex(query);
    const items = (page.items as readonly object[]).map((item) => attributesOf(item as Item));
    return { Items: items, ...(page.next === undefined ? {} : { LastEvaluatedKey: { token: { S: page.next } } }) };
  },
  PutItemCommand: (table, input: OneWrite) => writeOne(table, { put: unmarshall(input.Item!) as Item, when: conditionsOf(input) }),
  UpdateItemCommand: (table, input: OneWrite) => writeOne(table, updateOf(input)),
  DeleteItemCommand: (table, input: OneWrite) => writeOne(table, { remove: keyOf(input.Key!), when: conditionsOf(input) }),
  TransactWriteItemsCommand: async (table, input: { TransactItems: TransactWriteItem[] }) => {
    const writes = input.TransactItems.map((item): Write => {
      const one = (item.Put ?? item.Update ?? item.Delete ?? item.ConditionCheck) as OneWrite;
      const when = conditionsOf(one);
      return item.Put ? { put: unmarshall(one.Item!) as Item, when }
        : item.Update ? updateOf(one)
          : item.Delete ? { remove: keyOf(one.Key!), when } : { check: keyOf(one.Key!), when: when ?? [] };
    });
    const outcome = await table.write(writes);
    if (!outcome.done) {
      const CancellationReasons = writes.map((_, at) => (outcome.failed.some(({ index }) => index === at)
        ? { Code: 'ConditionalCheckFailed', Item: currentOf(outcome, at) } : { Code: 'None' }));
      throw refusal('TransactionCanceledException', { CancellationReasons });
    }
    return {};
  },
};

async function writeOne(table: MemoryTable, write: Write): Promise<object> {
  const outcome = await table.write([write]);
  if (!outcome.done) {
    throw refusal('ConditionalCheckFailedException', { Item: currentOf(outcome, 0) });
  }
  return {};
}

const refusal = (name: string, more: object): Error =>
  Object.assign(new Error('a condition does not hold'), { name, ...more, $metadata: { httpStatusCode: 400 } });

const attributesOf = (item: Item): Attributes => marshall(item, { removeUndefinedValues: true });

const keyOf = (attributes: Attributes): Key => unmarshall(attributes) as Key;

function currentOf(outcome: Extract<Outcome, { done: false }>, at: number): Attributes | undefined {
  const current = outcome.failed.find(({ index }) => index === at)?.current;
  return current && attributesOf(current);
}

/** The placeholders of an expression, resolved. */
function resolver({ ExpressionAttributeNames: names = {}, ExpressionAttributeValues: given = {} }: Expressions) {
  const values = unmarshall(given) as Record<string, Value>;
  return { name: (placeholder: string) => names[placeholder], value: (placeholder: string) => values[placeholder] };
}

function conditionsOf(expressions: Expressions): Condition[] | undefined {
  const { name, value } = resolver(expressions);
  return expressions.ConditionExpression?.split(' AND ').map((text): Condition => {
    const [, not, tested] = /^attribute_(not_)?exists\((.+)\)$/.exec(text) ?? [];
    if (tested !== undefined) {
      return { attribute: name(tested), is: not === undefined ? 'present' : 'absent' };
    }
    const [attribute, is, compared] = text.split(' ');
    return { attribute: name(attribute), is, value: value(compared) } as Condition;
  });
}

function updateOf(input: OneWrite): Write {
  const { name, value } = resolver(input);
  const clauses = (word: string): string[] => {
    const found = new RegExp(`(?:^| )${word} (.*?)(?= (?:SET|ADD|REMOVE) |$)`).exec(input.UpdateExpression ?? '')?.[1];
    return found?.split(', ') ?? [];
  };
  const entries = (word: string, separator: string) => Object.fromEntries(clauses(word).map((clause) => {
    const [attribute, placeholder] = clause.split(separator);
    return [name(attribute), value(placeholder)];
  }));
  return {
    update: keyOf(input.Key!), when: conditionsOf(input), set: entries('SET', ' = '), add: entries('ADD', ' ') as Record<string, number>,
    remove: clauses('REMOVE').map(name),
  };
}
