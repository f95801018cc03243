import { Fault } from './fault';
import { ImageHeader } from './header';
import { InverseTransform } from '../../contract/geometry';
import { OutputSpec, TransformSpec } from '../../contract/transforms';
import { PerceptualHash } from '../core/perceptual-hash';

/** What the user wants done to every drop. Free of `transformProblems` and `outputProblems`. */
export interface ImagePlan {
  readonly transforms: readonly TransformSpec[];
  readonly output: OutputSpec;
}

/** One image for the workers. */
export interface MadeImage {
  readonly bytes: Uint8Array;
  readonly format: 'jpeg' | 'png';
  readonly contentType: string;
  /** As a viewer shows it. */
  readonly width: number;
  readonly height: number;
  readonly inverseTransform: InverseTransform;
  /** What a person may want to know although nothing is wrong, each as one sentence. */
  readonly warnings: readonly string[];
}

export interface MadeTile extends MadeImage {
  /** Rows and columns are counted from 0. */
  readonly tile: { readonly row: number; readonly column: number; readonly rows: number; readonly columns: number };
}

export type TilesResult =
  | {
    readonly kind: 'tiles';
    readonly tiles: AsyncIterable<MadeTile>;
    /** What the tiles are cut from looks like. */
    readonly look: () => Promise<PerceptualHash>;
  }
  | ({ readonly kind: 'rejected' } & Fault);

export type EngineResult =
  | { readonly kind: 'images'; readonly images: readonly MadeImage[] }
  | ({ readonly kind: 'rejected' } & Fault);

/** The synchronous kind of feature engineering: a drop goes in, its images come out of the same call. */
export interface ImageEngine {
  /**
   * The same bytes and plan give the same images, so that a repeated call does no harm.
   *
   * @param bytes what `inspect` accepted
   * @param header what `inspect` said about them
   * @returns `rejected` for what is wrong with the image
   * @throws what is wrong with the surroundings (memory, a missing layer): worth another try
   */
  process(bytes: Uint8Array, header: ImageHeader, plan: ImagePlan): Promise<EngineResult>;
}

export const CONTENT_TYPE = { jpeg: 'image/jpeg', png: 'image/png' } as const;
