import { PreLabel } from '../../contract/pre-label';
import { ReasonCode } from '../../contract/reasons';
import { PerceptualHash } from '../core/perceptual-hash';
import { DropHeader, DropId } from '../ledger/drops';

/** A drop that passed the gate. */
export interface GatedDrop extends DropId {
  readonly sha256: string;
  readonly bytes: Uint8Array;
  /** Where the bytes were read, if not where they were dropped. */
  readonly source?: { readonly bucket: string; readonly key: string; readonly versionId?: string };
  readonly priority?: number;
  /** In pixels of the drop as a viewer shows it, and free of `preLabelProblems`. */
  readonly preLabel?: PreLabel;
}

/** Where a tile lies among the tiles of its drop: rows and columns counted from 0. */
export interface TilePlace {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** An image as workers will see it. */
export interface EngineeredImage {
  readonly bytes: Uint8Array;
  readonly extension: string;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  /** From points of the image to points of the drop as a viewer shows it: `a b c d e f` of an affine map. Absent: nobody knows. */
  readonly inverseTransform?: readonly number[];
  /** 0-9, 9 first. Default: the drop's. */
  readonly priority?: number;
  /** In pixels of the image, and free of `preLabelProblems`. Default: the drop's, mapped to the image. */
  readonly preLabel?: PreLabel;
  readonly warnings: readonly string[];
  /** The rendition that it is, where the project makes several of a drop. Letters, digits and hyphens. */
  readonly rendition?: string;
  readonly tile?: TilePlace;
  /** Where another try may make other images of the drop: what tells them apart. Letters and digits, part of the key. */
  readonly fingerprint?: string;
  /** What the drop's images look like together. Of one of them: the first. */
  readonly perceptualHash?: PerceptualHash;
  /** Travel with the image. */
  readonly attributes?: { readonly [name: string]: string | number | boolean };
}

/** The images of a drop in the order of their index: all at hand, or made one after the other as they are asked for, which saves memory. */
export type EngineeredImages = Iterable<EngineeredImage> | AsyncIterable<EngineeredImage>;

/** Thrown while images are made one after the other: the drop is quarantined, whatever was made of it before. */
export class RejectedDropError extends Error {
  constructor(readonly reason: ReasonCode, readonly detail: string) {
    super(`${reason}: ${detail}`);
    this.name = 'RejectedDropError';
  }
}

/** What code of the user's says when it fails is kept so far. It goes into the ledger, events and alerts, which take only so much. */
const FAULT_MAX_CHARACTERS = 1_000;

/**
 * Thrown, also while images are made, where code of the user's fails or does not keep to its contract. Whether the drop brought it
 * about is not known: it is tried again, and blamed if it fails where others do not.
 */
export class EngineFault extends Error {
  readonly detail: string;

  constructor(readonly reason: ReasonCode, detail: string) {
    super(`${reason}: ${detail.slice(0, FAULT_MAX_CHARACTERS)}`);
    this.detail = detail.slice(0, FAULT_MAX_CHARACTERS);
    this.name = 'EngineFault';
  }
}

/** `started`: the engine works on, and hands the images to `Intake.complete` when it has them. */
export type Engineered =
  | { readonly kind: 'images'; readonly images: EngineeredImages }
  | { readonly kind: 'rejected'; readonly reason: ReasonCode; readonly detail: string }
  | { readonly kind: 'started'; readonly header?: DropHeader };

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
