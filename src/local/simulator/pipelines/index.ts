export * from './definition';
export * from './execution';
export * from './host';
export * from './simulator';
