export * from './buckets';
export * from './event-bus';
export * from './faults';
export * from './memory-cloud';
export * from './notifications';
export * from './queues';
export * from './topics';
