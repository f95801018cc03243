import { ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A child process that answers each line of JSON with one line of JSON, in order. */
export class LineProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  private complaints = '';

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.child.stdout }).on('line', (line) => this.waiting.shift()?.resolve(line));
    this.child.stderr.on('data', (data: Buffer) => {
      this.complaints = (this.complaints + data.toString()).slice(-4000);
    });
    const end = (why: string) => this.waiting.splice(0).forEach(({ reject }) => reject(new Error(`${command} ${why}: ${this.complaints.trim()}`)));
    this.child.on('error', (error) => end(error.message));
    this.child.on('close', (code) => end(`ended with ${code}`));
  }

  async ask<T>(question: object): Promise<T> {
    const answer = new Promise<string>((resolve, reject) => this.waiting.push({ resolve, reject }));
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    const parsed = JSON.parse(await answer) as T & { error?: string };
    if (parsed.error !== undefined) {
      throw new Error(parsed.error);
    }
    return parsed;
  }

  stop(): void {
    this.child.stdin.end();
    this.child.kill();
  }
}
