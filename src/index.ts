export * from './feature-engineering';
export * from './image-transform';
export * from './label';
export * from './labeling-task';
export * from './retained-ledger';
export * from './streaming-labeling-project';
export * from './streaming-labeling-project-props';
export * from './work-team';
