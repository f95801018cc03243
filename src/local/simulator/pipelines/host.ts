/** What a pipeline needs of the rest of AWS, with the rights of its role. */
export interface PipelineHost {
  /** Calls a function and answers with what it returned. Rejects where it failed. */
  invoke(functionArn: string, payload: unknown): Promise<unknown>;
  /** Runs the container of one instance to its end. */
  runInstance(instance: Instance): Promise<InstanceEnd>;
  readObject(bucket: string, key: string): Promise<Uint8Array>;
  writeObject(bucket: string, key: string, body: Uint8Array): Promise<void>;
  /** Keys below a prefix, in their order. */
  listObjects(bucket: string, prefix: string): Promise<string[]>;
}

/** One instance of a processing job. */
export interface Instance {
  /** From 0. */
  readonly number: number;
  readonly count: number;
  readonly imageUri: string;
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What lies in its folders when it starts, by absolute path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Folders that are there although nothing lies in them. */
  readonly folders: readonly string[];
  /** Folders whose files are wanted afterwards. */
  readonly outputs: readonly string[];
  /** Raised when it must end at once. */
  readonly signal: AbortSignal;
}

export interface InstanceEnd {
  readonly exitCode: number;
  /** The end of what it printed. */
  readonly log?: string;
  /** What lies in its output folders, by absolute path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}
