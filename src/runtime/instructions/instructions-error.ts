/** Thrown for what is wrong with the instructions: a repetition would not help, and the former ones stay. */
export class InstructionsError extends Error {
  constructor(problems: readonly string[]) {
    super(`the instructions cannot be shown: ${problems.join(' | ')}`);
    this.name = 'InstructionsError';
  }
}
