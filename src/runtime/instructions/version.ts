import { createHash } from 'node:crypto';
import { ProjectConfiguration } from '../../contract/project-configuration';

/** What a file that never changes is named by: 128 bits of its content's hash. */
export function contentHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** The page that workers are to see now. */
export interface WantedPage {
  readonly version: string;
  /** Absent: the page lies in the output bucket. */
  readonly template?: string;
}

/** @param pushed the version that was pushed last, where a pipeline owns the instructions */
export function wantedPage({ task, instructions }: ProjectConfiguration, pushed: string | undefined): WantedPage {
  const published = instructions?.owner === 'PIPELINE' && pushed !== undefined ? pushed : instructions?.version;
  const template = task.template ?? '';
  return published === undefined ? { version: contentHash(template), template } : { version: published };
}
