import { ProjectConfiguration, ProjectResources } from '../../../src/contract/project-configuration';

/** What the thread of the functions and the one with the rest of the world say to each other. */

/** A call of a port. */
export interface Call {
  readonly id: number;
  readonly port: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface CallAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What a function is to do, as the services that call it would say. */
export type Order =
  | { readonly do: 'deploy' | 'control' | 'heap' }
  | { readonly do: 'intake' | 'record'; readonly bodies: readonly string[] };

export type ToFunctions =
  | { readonly order: Order; readonly now: number }
  | { readonly answers: readonly CallAnswer[] };

export type FromFunctions =
  | { readonly calls: readonly Call[] }
  | { readonly done: OrderResult };

export interface OrderResult {
  readonly error?: string;
  /** Of the thread's own heap. After `heap`: without what is garbage. Unit: bytes. */
  readonly heap: number;
}

export interface FunctionsData {
  readonly configuration: ProjectConfiguration;
  readonly resources: ProjectResources;
}
