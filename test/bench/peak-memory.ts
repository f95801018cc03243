import { existsSync, readFileSync } from 'node:fs';

const STATUS = '/proc/self/status';

/**
 * The most memory that this process had resident at once. Unit: megabytes of 1,048,576 bytes.
 * Not `maxRSS` where that can be helped: on Linux a process inherits that of the one that started it.
 */
export function peakMemory(): number {
  const peak = existsSync(STATUS) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))?.[1] : undefined;
  return Number(peak ?? process.resourceUsage().maxRSS) / 1024;
}
