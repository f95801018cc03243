import { Duration, Token } from 'aws-cdk-lib';
import { firstOf } from '../contract/printable';
import { textProblem } from '../contract/text-problem';

/**
 * Collects what is wrong with a set of props, so that a user sees every mistake at once.
 * Each problem is one sentence that names the prop, the value and the rule. Values that are known only at deploy time pass.
 */
export class Problems {
  private readonly sentences: string[] = [];

  /** @param subject what the thrown message begins with */
  constructor(private readonly subject: string) {}

  add(...sentences: string[]): void {
    this.sentences.push(...sentences);
  }

  /** One line of text of a length. */
  text(prop: string, value: string, limits: { readonly min?: number; readonly max: number }): void {
    const problem = Token.isUnresolved(value) ? undefined : textProblem(prop, value, limits);
    if (problem !== undefined) {
      this.add(problem);
    }
  }

  /** Text of a form. `rule` ends the sentence "it must ...". */
  pattern(prop: string, value: string, pattern: RegExp, rule: string): void {
    if (!Token.isUnresolved(value) && !pattern.test(value)) {
      this.add(`${prop} is '${value}'; it must ${rule}`);
    }
  }

  whole(prop: string, value: number, limits: { readonly min: number; readonly max?: number }): void {
    if (Token.isUnresolved(value)) {
      return;
    }
    if (!Number.isInteger(value) || value < limits.min || value > (limits.max ?? Number.MAX_SAFE_INTEGER)) {
      const range = limits.max === undefined ? `of at least ${limits.min}` : `from ${limits.min} to ${limits.max}`;
      this.add(`${prop} is ${value}; it must be a whole number ${range}`);
    }
  }

  /** A duration in whole seconds. */
  duration(prop: string, value: Duration, limits: { readonly min: number; readonly max: number }): void {
    if (value.isUnresolved()) {
      return;
    }
    const seconds = value.toSeconds({ integral: false });
    if (!Number.isInteger(seconds) || seconds < limits.min || seconds > limits.max) {
      this.add(`${prop} is ${seconds} seconds; it must be whole seconds from ${limits.min} to ${limits.max} (${readable(limits.max)})`);
    }
  }

  /** Throws all problems in one error, if there are any. */
  throwIfAny(): void {
    if (this.sentences.length === 1) {
      throw new Error(`${this.subject}: ${this.sentences[0]}`);
    }
    if (this.sentences.length > 1) {
      throw new Error([`${this.subject}: ${this.sentences.length} problems`, ...firstOf(this.sentences).map((each) => `- ${each}`)].join('\n'));
    }
  }
}

function readable(seconds: number): string {
  return Duration.seconds(seconds).toHumanString();
}
