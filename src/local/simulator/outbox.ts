import { isPermanent } from './cloud';

interface Post {
  readonly dueAt: number;
  readonly send: () => Promise<void>;
}

/** What is to be sent, when it is due. A send that fails in passing is tried again; one that never can succeed is dropped. */
export class Outbox {
  private posts: Post[] = [];

  public add(dueAt: number, send: () => Promise<void>): void {
    let at = this.posts.length;
    while (at > 0 && this.posts[at - 1].dueAt > dueAt) {
      at -= 1;
    }
    this.posts.splice(at, 0, { dueAt, send });
  }

  /**
   * Sends all that is due.
   *
   * @param report Told of each failure in passing.
   */
  public async flush(now: number, report: (error: unknown) => void): Promise<void> {
    const due = this.posts.filter(post => post.dueAt <= now);
    if (due.length === 0) {
      return;
    }
    this.posts = this.posts.filter(post => post.dueAt > now);
    for (const post of due) {
      try {
        await post.send();
      } catch (error) {
        if (!isPermanent(error)) {
          this.add(post.dueAt, post.send);
          report(error);
        }
      }
    }
  }
}
