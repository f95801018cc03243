import { randomUUID } from 'node:crypto';
import {
  AttributeValue, BatchGetItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItem,
  TransactWriteItemsCommand, TransactionCanceledException, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isThrottling, isUnknownOutcome, nameOfError } from '../errors';
import { expressionsOf, toAttributes } from './expressions';
import { readPageToken, writePageToken } from './page-token';
import { Pause, jitteredPause, retried } from './retry';
import { STATUS_INDEX } from '../../contract/ledger-table';
import { Item, Key, Outcome, Page, Query, Table, Write } from '../ports';
import { assertKey, assertQuery, assertWrites, nameOf } from '../table-rules';

const BATCH_GET_MAX = 100;
const TRIES = 8;

type Attributes = Record<string, AttributeValue>;

/**
 * The ledger table in DynamoDB. Give it a client that does not retry by itself: which failures may be tried again depends on the write.
 *
 * `done: false` always means that nothing was written. Where the answer of a try was lost and it may have been our own write
 * that made the condition fail, the lost answer's error is thrown instead.
 */
export class DynamoTable implements Table {
  public constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
    private readonly pause: Pause = jitteredPause,
  ) {}

  public async get(key: Key): Promise<Item | undefined> {
    assertKey(key);
    const command = new GetItemCommand({ TableName: this.tableName, Key: keyAttributes(key), ConsistentRead: true });
    const { Item: found } = await this.read(() => this.client.send(command));
    return found && toItem(found);
  }

  /** In the order asked for; what is absent is left out. */
  public async getMany(keys: readonly Key[]): Promise<readonly Item[]> {
    keys.forEach(assertKey);
    const asked = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
    const found = new Map<string, Item>();
    for (let from = 0; from < asked.length; from += BATCH_GET_MAX) {
      for (const item of await this.getBatch(asked.slice(from, from + BATCH_GET_MAX))) {
        found.set(nameOf(item), item);
      }
    }
    return keys.map((key) => found.get(nameOf(key))).filter((item) => item !== undefined);
  }

  public async query(query: Query): Promise<Page<Item>> {
    const page = await this.queryPage(query, 'pk', 'sk', { ConsistentRead: true });
    return { ...page, items: page.items.map(toItem) };
  }

  public async queryIndex(query: Query): Promise<Page<Key & { readonly gsi1sk: string }>> {
    const page = await this.queryPage(query, STATUS_INDEX.partitionKey, STATUS_INDEX.sortKey, { IndexName: STATUS_INDEX.name });
    return { ...page, items: page.items.map(({ pk, sk, gsi1sk }) => ({ pk: pk.S!, sk: sk.S!, gsi1sk: gsi1sk.S! })) };
  }

  public async write(writes: readonly Write[]): Promise<Outcome> {
    assertWrites(writes);
    if (writes.length === 0) {
      return { done: true };
    }
    // an addition that is tried again after a lost answer must not count twice: only a transaction's token prevents that
    return writes.length > 1 || 'check' in writes[0] || ('update' in writes[0] && writes[0].add !== undefined)
      ? this.writeTransaction(writes)
      : this.writeOne(writes[0]);
  }

  private async read<T>(send: () => Promise<T>): Promise<T> {
    return retried(TRIES, this.pause, (error) => isThrottling(error) || isUnknownOutcome(error), send);
  }

  private async getBatch(keys: readonly Key[]): Promise<Item[]> {
    const items: Item[] = [];
    let open = keys.map(keyAttributes);
    for (let tried = 1; open.length > 0; tried++) {
      if (tried > TRIES) {
        throw new Error(`DynamoDB left ${open.length} of ${keys.length} keys unread after ${TRIES} tries.`);
      }
      if (tried > 1) {
        await this.pause(tried);
      }
      const command = new BatchGetItemCommand({ RequestItems: { [this.tableName]: { Keys: open, ConsistentRead: true } } });
      const answer = await this.read(() => this.client.send(command));
      items.push(...(answer.Responses?.[this.tableName] ?? []).map(toItem));
      open = answer.UnprocessedKeys?.[this.tableName]?.Keys ?? [];
    }
    return items;
  }

  private async queryPage(
    query: Query, partitionKey: string, sortKey: string, options: { ConsistentRead: true } | { IndexName: string },
  ): Promise<Page<Attributes>> {
    assertQuery(query);
    const bound = query.from ?? query.prefix ?? '';
    const command = new QueryCommand({
      TableName: this.tableName,
      ...options,
      KeyConditionExpression: bound === '' ? '#pk = :pk'
        : query.from === undefined ? '#pk = :pk AND begins_with(#sk, :sk)' : '#pk = :pk AND #sk >= :sk',
      ExpressionAttributeNames: { '#pk': partitionKey, ...(bound === '' ? {} : { '#sk': sortKey }) },
      ExpressionAttributeValues: toAttributes({ ':pk': query.pk, ...(bound === '' ? {} : { ':sk': bound }) }),
      ScanIndexForward: query.reverse !== true,
      Limit: query.limit,
      ExclusiveStartKey: query.after === undefined ? undefined : readPageToken<Attributes>(query.after),
    });
    const answer = await this.read(() => this.client.send(command));
    return {
      items: answer.Items ?? [],
      ...(answer.LastEvaluatedKey === undefined ? {} : { next: writePageToken(answer.LastEvaluatedKey) }),
    };
  }

  private async writeOne(write: Write): Promise<Outcome> {
    let lost: unknown;
    try {
      await retried(TRIES, this.pause, mayTryAgain, () => this.sendOne(write).catch((error) => {
        lost ??= isUnknownOutcome(error) ? error : undefined;
        throw error;
      }));
      return { done: true };
    } catch (error) {
      if (nameOfError(error) !== 'ConditionalCheckFailedException') {
        throw error;
      }
      if (lost !== undefined) {
        throw lost;
      }
      return { done: false, failed: [{ index: 0, ...currentOf((error as { Item?: Attributes }).Item) }] };
    }
  }

  private async sendOne(write: Write): Promise<void> {
    const common = { TableName: this.tableName, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const, ...expressionsOf(write) };
    if ('put' in write) {
      await this.client.send(new PutItemCommand({ ...common, Item: toAttributes(write.put) }));
    } else if ('update' in write) {
      await this.client.send(new UpdateItemCommand({ ...common, Key: keyAttributes(write.update) }));
    } else if ('remove' in write) {
      await this.client.send(new DeleteItemCommand({ ...common, Key: keyAttributes(write.remove) }));
    }
  }

  private async writeTransaction(writes: readonly Write[]): Promise<Outcome> {
    // the token makes every try the same transaction: a try after a lost answer is told of its success
    const command = new TransactWriteItemsCommand({
      ClientRequestToken: randomUUID(),
      TransactItems: writes.map((write) => this.transactItem(write)),
    });
    try {
      await retried(TRIES, this.pause, mayTryAgain, () => this.client.send(command));
      return { done: true };
    } catch (error) {
      const failed = failedConditions(error);
      if (failed.length === 0) {
        throw error;
      }
      return { done: false, failed: failed.map(({ index, item }) => ({ index, ...currentOf(item) })) };
    }
  }

  private transactItem(write: Write): TransactWriteItem {
    const common = { TableName: this.tableName, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
    const { UpdateExpression, ConditionExpression, ...attributes } = expressionsOf(write);
    const conditional = { ...common, ...attributes, ConditionExpression };
    if ('put' in write) {
      return { Put: { ...conditional, Item: toAttributes(write.put) } };
    }
    if ('update' in write) {
      return { Update: { ...conditional, Key: keyAttributes(write.update), UpdateExpression } };
    }
    return 'remove' in write
      ? { Delete: { ...conditional, Key: keyAttributes(write.remove) } }
      : { ConditionCheck: { ...conditional, Key: keyAttributes(write.check), ConditionExpression } };
  }
}

const keyAttributes = (key: Key): Attributes => ({ pk: { S: key.pk }, sk: { S: key.sk } });
const toItem = (attributes: Attributes): Item => unmarshall(attributes) as Item;
const currentOf = (attributes: Attributes | undefined): { current?: Item } =>
  attributes === undefined || Object.keys(attributes).length === 0 ? {} : { current: toItem(attributes) };

function failedConditions(error: unknown): { index: number; item?: Attributes }[] {
  const reasons = (error as Partial<TransactionCanceledException>).CancellationReasons ?? [];
  return reasons.flatMap(({ Code, Item: item }, index) => Code === 'ConditionalCheckFailed' ? [{ index, item }] : []);
}

/** Reasons of a cancelled transaction that pass by themselves. */
const PASSING = new Set(['None', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

function mayTryAgain(error: unknown): boolean {
  if (nameOfError(error) === 'TransactionCanceledException') {
    const codes = ((error as Partial<TransactionCanceledException>).CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
    return codes.some((code) => code !== 'None') && codes.every((code) => PASSING.has(code));
  }
  return nameOfError(error) === 'TransactionConflictException' || isThrottling(error) || isUnknownOutcome(error);
}
