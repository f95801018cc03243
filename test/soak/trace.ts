/**
 * What can be seen of a history from outside: calls of the labeling service with their answers, messages, lines, bills. Kept as
 * one number for each step, so that two runs of one script can be compared.
 */
export class Trace {
  public readonly steps: number[] = [];
  private hash = 0x811c9dc5;

  /** @param isKept Whether anybody will compare it: else nothing is noted. */
  public constructor(private readonly isKept: boolean) {}

  public note(what: string, detail: () => unknown = () => ''): void {
    if (this.isKept) {
      this.add(what);
      const said = detail();
      this.add(typeof said === 'string' ? said : JSON.stringify(said) ?? '');
    }
  }

  public endStep(): void {
    this.steps.push(this.hash);
  }

  private add(text: string): void {
    let { hash } = this;
    for (let at = 0; at < text.length; at += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    }
    this.hash = Math.imul(hash ^ 0x1f, 0x01000193) >>> 0;
  }
}
