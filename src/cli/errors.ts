/** How a command ends. */
export const EXIT = {
  DONE: 0,
  /** It was tried and did not succeed. */
  FAILED: 1,
  /** The command line is wrong. */
  USAGE: 2,
  /** It is not over, or somebody should look. */
  ATTENTION: 3,
} as const;

/** What a person is told instead of a stack: what is wrong, and what to do next. */
export class CommandError extends Error {
  constructor(message: string, readonly next?: string, readonly exitCode: number = EXIT.FAILED) {
    super(message);
    this.name = 'CommandError';
  }
}

/** A wrong command line. */
export function usageError(message: string, next?: string): CommandError {
  return new CommandError(message, next, EXIT.USAGE);
}
