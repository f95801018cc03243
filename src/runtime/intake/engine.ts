import { ReasonCode } from '../../contract/reasons';
import { DropId } from '../ledger/drops';

/** A drop that passed the gate. */
export interface GatedDrop extends DropId {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** An image as workers will see it. */
export interface EngineeredImage {
  readonly bytes: Uint8Array;
  readonly extension: string;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  /** From points of the image to points of the drop as a viewer shows it: `a b c d e f` of an affine map. */
  readonly inverseTransform: readonly number[];
  /** 0-9, 9 first. */
  readonly priority: number;
  readonly warnings: readonly string[];
}

/** `started`: the engine works on, and hands the images to `Intake.complete` when it has them. */
export type Engineered =
  | { readonly kind: 'images'; readonly images: readonly EngineeredImage[] }
  | { readonly kind: 'rejected'; readonly reason: ReasonCode; readonly detail: string }
  | { readonly kind: 'started' };

/** What the gate says of a drop's bytes. */
export type Gated = { readonly ok: true } | { readonly ok: false; readonly reason: ReasonCode; readonly detail: string };

/**
 * Feature engineering, synchronous or asynchronous. Whatever is wrong with a drop is answered; what is thrown is the
 * surroundings' fault and worth another try. The same drop gives the same images.
 */
export interface Engine {
  /** Judges bytes before anything is decoded. */
  gate(bytes: Uint8Array): Gated;
  engineer(drop: GatedDrop): Promise<Engineered>;
}

/** No drop is read that is larger: it would not fit into the function's memory. Bytes. */
export const DROP_MAX_BYTES = 256 * 1024 * 1024;
