/** What a worker is told. */
export interface Seat {
  /** The task that the worker is at. */
  readonly task?: { readonly id: string; readonly job: string; readonly title: string; readonly name: string };
  /** Where its page is. */
  readonly page?: string;
  /** Tasks beside it that the worker could take. */
  readonly waiting: number;
  /** Tasks that nobody can do, because no browser may read their image. */
  readonly unloadable: number;
}
