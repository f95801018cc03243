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
  readonly onHistory?: () => void;
}

/** What histories came to. */
export interface Summary {
  readonly counted: Counted;
  /** The first history that broke a promise; nothing is told after it. */
  readonly broken?: Broken & { readonly path: number };
}

/** Tells histories until all are told or one breaks a promise. */
export async function runHistories({ histories, seed, path = 0, stride = 1, fast = false, onHistory }: Histories): Promise<Summary> {
  const historian = new Historian(seed, !fast);
  for (let told = 0; told < histories; told += 1) {
    const at = path + told * stride;
    const { script, violation } = await historian.tell(at);
    if (violation) {
      const broken = { script, violation };
      return { counted: historian.tally.counted, broken: { ...fast ? broken : await shrink(broken), path: at } };
    }
    onHistory?.();
  }
  return { counted: historian.tally.counted };
}
