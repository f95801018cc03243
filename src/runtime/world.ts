import { ProjectResources } from '../contract/project-configuration';
import { Timings } from '../contract/timings';
import { Ledger } from './ledger/context';
import { EventBus, InputTopic, LabelingJobs, ObjectStore, PipelineExecutions, Queues, Telemetry, Waker } from './ports';

/** All that the functions of a project work with. */
export interface World {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly topic: InputTopic;
  readonly jobs: LabelingJobs;
  readonly pipelines: PipelineExecutions;
  readonly queues: Queues;
  readonly bus: EventBus;
  readonly waker: Waker;
  readonly telemetry: Telemetry;
  readonly timings: Timings;
  readonly resources: ProjectResources;
}
