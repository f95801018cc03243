import { Historian } from './run';
import { Broken, shrink } from './shrink';
import { Counted } from './tally';

export interface Histories {
  readonly histories: number;
  readonly seed: number;
  /** The first path. Default: 0. */
  readonly path?: number;
  /** Every so many paths one is told; for processes that share the work. Default: 1. */
  readonly stride?: number;
  /** Fast mode: no replays with other answers to open questions, and a violation is not shrunk. Default: false. */
  readonly fast?: boolean;
  /** Whether they are short. Default: false. */
  readonly short?: boolean;
  /** Histories that break a promise until no further one is told. Default: 1. */
  readonly most?: number;
  /** No further one begins after this time. Unit: milliseconds of the real clock. Default: never. */
  readonly until?: number;
  readonly onHistory?: () => void;
}

/** What histories came to. */
export interface Summary {
  readonly counted: Counted;
  /** Histories that broke a promise, in their order. */
  readonly broken: readonly (Broken & { readonly path: number })[];
}

/** Tells histories until all are told, or so many broke a promise. */
export async function runHistories(
  { histories, seed, path = 0, stride = 1, fast = false, short = false, most = 1, until = Infinity, onHistory }: Histories,
): Promise<Summary> {
  const historian = new Historian(seed, !fast, short);
  const broken: (Broken & { readonly path: number })[] = [];
  for (let told = 0; told < histories && broken.length < most && Date.now() < until; told += 1) {
    const at = path + told * stride;
    const { script, violation } = await historian.tell(at);
    if (violation) {
      const found = { script, violation };
      broken.push({ ...fast || most > 1 ? found : await shrink(found), path: at });
    }
    onHistory?.();
  }
  return { counted: historian.tally.counted, broken };
}
