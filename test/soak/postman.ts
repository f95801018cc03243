/** What a message is about. */
export const STREAMS = ['events', 'offers', 'labels', 'wakes'] as const;
export type Stream = typeof STREAMS[number];

/** How one message is delivered: a copy for each delay, in ms. No delay at all: it is lost. */
export type Delivery = readonly number[];

interface Letter {
  readonly dueAt: number;
  readonly put: () => void;
}

export type MailFault = 'lost' | 'doubled' | 'late';

/** Delivers what services send each other: each message 0 to 5 times, at once or late, as it was told beforehand. */
export class Postman {
  private readonly planned = new Map<Stream, Delivery[]>();
  private letters: Letter[] = [];

  public constructor(private readonly now: () => number, private readonly onFault: (fault: MailFault, stream: Stream) => void) {}

  /** How the next messages of a stream will be delivered. */
  public plan(stream: Stream, deliveries: readonly Delivery[]): void {
    this.planned.set(stream, [...deliveries]);
  }

  public post(stream: Stream, put: () => void): void {
    const delivery = this.planned.get(stream)?.shift();
    if (delivery === undefined) {
      put();
      return;
    }
    if (delivery.length === 0) {
      this.onFault('lost', stream);
    }
    if (delivery.length > 1) {
      this.onFault('doubled', stream);
    }
    if (delivery.some((delay) => delay > 0)) {
      this.onFault('late', stream);
    }
    delivery.forEach((delay) => delay === 0 ? put() : this.letters.push({ dueAt: this.now() + delay, put }));
  }

  /** Delivers what is due. @param all Also what is not due yet. */
  public deliver(all = false): void {
    if (this.letters.length === 0) {
      return;
    }
    const due = this.letters.filter((letter) => all || letter.dueAt <= this.now());
    this.letters = this.letters.filter((letter) => !all && letter.dueAt > this.now());
    due.sort((a, b) => a.dueAt - b.dueAt).forEach((letter) => letter.put());
  }

  /** From now on all messages arrive as they should. */
  public behave(): void {
    this.planned.clear();
    this.deliver(true);
  }
}
