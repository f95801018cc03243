import {
  BatchGetItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { lostAnswer, serviceError } from './sdk-errors';
import { DynamoTable } from '../../../src/runtime/aws/dynamo-table';
import { Write } from '../../../src/runtime/ports';

const dynamo = mockClient(DynamoDBClient);
const pauses: number[] = [];
const table = new DynamoTable(new DynamoDBClient({ region: 'us-east-1' }), 'ledger', async (tried) => { pauses.push(tried); });

beforeEach(() => {
  dynamo.reset();
  pauses.length = 0;
});

const key = { pk: 'p', sk: 's' };
const marshalledKey = { pk: { S: 'p' }, sk: { S: 's' } };
const when = [{ attribute: 'n', is: '=', value: 1 }] as const;
const conditional: Write = { update: key, set: { n: 2 }, when };
const counting: Write = { update: key, add: { n: 1 } };
const cancelled = (...codes: (string | { Code: string; Item?: object })[]) => serviceError('TransactionCanceledException', 400, 'cancelled', {
  CancellationReasons: codes.map((code) => typeof code === 'string' ? { Code: code } : code),
});
const conditionFailed = (Item?: object) => serviceError('ConditionalCheckFailedException', 400, 'The conditional request failed', { Item });

describe('a single write', () => {
  it('is a plain request', async () => {
    dynamo.on(UpdateItemCommand).resolves({});
    expect(await table.write([conditional])).toEqual({ done: true });
    expect(dynamo.commandCalls(UpdateItemCommand)[0].args[0].input).toEqual({
      TableName: 'ledger', Key: marshalledKey, UpdateExpression: 'SET #n0 = :v0', ConditionExpression: '#n0 = :v1',
      ExpressionAttributeNames: { '#n0': 'n' }, ExpressionAttributeValues: { ':v0': { N: '2' }, ':v1': { N: '1' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  it('that adds is a transaction, so that no repetition counts twice', async () => {
    dynamo.on(TransactWriteItemsCommand).rejectsOnce(lostAnswer()).resolves({});
    expect(await table.write([counting])).toEqual({ done: true });
    const tokens = dynamo.commandCalls(TransactWriteItemsCommand).map(({ args }) => args[0].input.ClientRequestToken);
    expect(tokens).toHaveLength(2);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(tokens[1]).toBe(tokens[0]);
    await table.write([counting]);
    expect(dynamo.commandCalls(TransactWriteItemsCommand)[2].args[0].input.ClientRequestToken).not.toBe(tokens[0]);
  });

  it('says what is there where its condition fails', async () => {
    dynamo.on(UpdateItemCommand).rejects(conditionFailed({ ...marshalledKey, n: { N: '7' } }));
    expect(await table.write([conditional])).toEqual({ done: false, failed: [{ index: 0, current: { ...key, n: 7 } }] });
    expect(dynamo.commandCalls(UpdateItemCommand)).toHaveLength(1);
  });

  it('is tried again after throttling, and a condition that then fails is a verdict', async () => {
    dynamo.on(UpdateItemCommand).rejectsOnce(serviceError('ProvisionedThroughputExceededException', 400)).rejects(conditionFailed());
    expect(await table.write([conditional])).toEqual({ done: false, failed: [{ index: 0 }] });
  });

  it('whose answer was lost and whose condition then fails is of unknown outcome: it may have been done by itself', async () => {
    dynamo.on(UpdateItemCommand).rejectsOnce(lostAnswer()).rejects(conditionFailed({ ...marshalledKey, n: { N: '2' } }));
    await expect(table.write([conditional])).rejects.toThrow('socket hang up');
  });

  it('whose answer was lost is done when a later try says so', async () => {
    dynamo.on(PutItemCommand).rejectsOnce(serviceError('InternalServerError', 500)).resolves({});
    expect(await table.write([{ put: { ...key, n: 1 } }])).toEqual({ done: true });
  });

  it('is given up after eight tries', async () => {
    dynamo.on(PutItemCommand).rejects(serviceError('ThrottlingException', 400));
    await expect(table.write([{ put: key }])).rejects.toThrow('ThrottlingException happened');
    expect(dynamo.commandCalls(PutItemCommand)).toHaveLength(8);
    expect(pauses).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it.each(['ValidationException', 'ResourceNotFoundException', 'AccessDeniedException'])('is not tried again after %s', async (name) => {
    dynamo.on(PutItemCommand).rejects(serviceError(name, 400));
    await expect(table.write([{ put: key }])).rejects.toThrow(name);
    expect(dynamo.commandCalls(PutItemCommand)).toHaveLength(1);
  });

  it('is tried again when a transaction holds the item', async () => {
    dynamo.on(PutItemCommand).rejectsOnce(serviceError('TransactionConflictException', 400)).resolves({});
    expect(await table.write([{ put: key }])).toEqual({ done: true });
  });
});

describe('a transaction', () => {
  const writes: Write[] = [conditional, { put: { pk: 'p', sk: 'other' } }];

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])('is tried again after %s, as the same transaction', async (reason) => {
    dynamo.on(TransactWriteItemsCommand).rejectsOnce(cancelled('None', reason)).resolves({});
    expect(await table.write(writes)).toEqual({ done: true });
    const [first, second] = dynamo.commandCalls(TransactWriteItemsCommand).map(({ args }) => args[0].input);
    expect(second).toEqual(first);
  });

  it('names the conditions that failed, also beside a conflict', async () => {
    const failed = { Code: 'ConditionalCheckFailed', Item: { ...marshalledKey, n: { N: '3' } } };
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled(failed, 'TransactionConflict'));
    expect(await table.write(writes)).toEqual({ done: false, failed: [{ index: 0, current: { ...key, n: 3 } }] });
    expect(dynamo.commandCalls(TransactWriteItemsCommand)).toHaveLength(1);
  });

  it('that keeps colliding is given up', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('TransactionConflict'));
    await expect(table.write(writes)).rejects.toThrow('cancelled');
    expect(dynamo.commandCalls(TransactWriteItemsCommand)).toHaveLength(8);
  });

  it('that is wrong is not tried again', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('ValidationError', 'TransactionConflict'));
    await expect(table.write(writes)).rejects.toThrow('cancelled');
    expect(dynamo.commandCalls(TransactWriteItemsCommand)).toHaveLength(1);
  });
});

describe('reading', () => {
  it('is consistent, but for the index', async () => {
    dynamo.on(GetItemCommand).resolves({}).on(QueryCommand).resolves({ Items: [] });
    dynamo.on(BatchGetItemCommand).resolves({ Responses: { ledger: [] } });
    await table.get(key);
    await table.getMany([key]);
    await table.query({ pk: 'p', prefix: 's', reverse: true, limit: 3 });
    await table.queryIndex({ pk: 'S' });
    expect(dynamo.commandCalls(GetItemCommand)[0].args[0].input).toMatchObject({ ConsistentRead: true });
    expect(dynamo.commandCalls(BatchGetItemCommand)[0].args[0].input).toMatchObject({ RequestItems: { ledger: { ConsistentRead: true } } });
    const [query, index] = dynamo.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    expect(query).toMatchObject({ ConsistentRead: true, ScanIndexForward: false, Limit: 3, KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :sk)' });
    expect(index).toMatchObject({ IndexName: 'status', ExpressionAttributeNames: { '#pk': 'gsi1pk' } });
    expect(index).not.toHaveProperty('ConsistentRead');
  });

  it('asks again for the keys that were left over', async () => {
    const second = { pk: { S: 'p' }, sk: { S: 't' } };
    dynamo.on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { ledger: [second] }, UnprocessedKeys: { ledger: { Keys: [marshalledKey] } } })
      .resolves({ Responses: { ledger: [marshalledKey] } });
    expect(await table.getMany([key, { pk: 'p', sk: 't' }])).toEqual([key, { pk: 'p', sk: 't' }]);
    expect(dynamo.commandCalls(BatchGetItemCommand)[1].args[0].input.RequestItems!.ledger.Keys).toEqual([marshalledKey]);
  });

  it('gives up where keys are left over again and again', async () => {
    dynamo.on(BatchGetItemCommand).resolves({ UnprocessedKeys: { ledger: { Keys: [marshalledKey] } } });
    await expect(table.getMany([key])).rejects.toThrow('DynamoDB left 1 of 1 keys unread after 8 tries');
  });

  it('is tried again after throttling and lost answers', async () => {
    dynamo.on(GetItemCommand).rejectsOnce(serviceError('ThrottlingException', 400)).rejectsOnce(lostAnswer()).resolves({ Item: marshalledKey });
    expect(await table.get(key)).toEqual(key);
  });
});

it('needs no other pause than the default', async () => {
  dynamo.on(GetItemCommand).rejectsOnce(serviceError('ThrottlingException', 400)).resolves({});
  expect(await new DynamoTable(new DynamoDBClient({ region: 'us-east-1' }), 'ledger').get(key)).toBeUndefined();
});
