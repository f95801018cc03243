export * from './fault-proxy';
export * from './weather';
