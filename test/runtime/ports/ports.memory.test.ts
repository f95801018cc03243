import { CONTRACT_SIMULATOR } from './contract-simulator';
import { ContractWorld } from './contract-world';
import { jobsContract } from './jobs.contract';
import { busContract, queuesContract, topicContract } from './messages.contract';
import { objectsContract } from './objects.contract';
import { tableContract } from './table.contract';
import { MemoryTable } from '../../../src/runtime/memory/memory-table';
import { MemoryWorld } from '../../support/memory-world';

function openMemory(): ContractWorld {
  const memory = new MemoryWorld({ simulator: CONTRACT_SIMULATOR });
  let names = 0;
  return {
    table: async () => new MemoryTable(),
    objects: memory.objects,
    bucket: async () => {
      const name = `bucket-${++names}`;
      memory.cloud.buckets.create(name);
      return name;
    },
    deleteObject: (bucket, key) => memory.cloud.buckets.delete(bucket, key),
    topic: memory.topic,
    newTopic: () => memory.cloud.topics.create(`topic-${++names}`),
    queues: memory.queues,
    newQueue: async () => {
      const name = `queue-${++names}`;
      return { name, ...await memory.cloud.queues.create(name) };
    },
    subscribe: async (topicArn, queueArn) => { await memory.cloud.topics.subscribe(topicArn, queueArn, { raw: true }); },
    receive: async (queueUrl, max) => (await memory.cloud.queues.receive(queueUrl, max)).map(({ body }) => body),
    jobs: memory.jobs,
    simulator: memory.simulator,
    pass: async (ms) => {
      memory.clock.advance(ms);
      await memory.simulator.step();
    },
    bus: memory.bus,
    publishedEvents: async () => memory.cloud.bus.events.splice(0).map((event) => ({ type: event['detail-type'], detail: event.detail })),
    close: async () => undefined,
  };
}

const world = openMemory();
const open = () => world;

describe('the ports in memory', () => {
  tableContract(open);
  objectsContract(open);
  topicContract(open);
  queuesContract(open);
  busContract(open);
  jobsContract(open);
});
