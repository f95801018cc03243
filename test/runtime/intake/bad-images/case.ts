import { FeatureEngineeringConfiguration } from '../../../../src/contract/project-configuration';
import { ReasonCode } from '../../../../src/contract/reasons';

/** A drop that is odd, broken or hostile, and what becomes of it. */
export interface Case {
  readonly name: string;
  readonly key: string;
  readonly bytes: () => Buffer | Promise<Buffer>;
  /** Default: `AS_IT_IS`. */
  readonly by?: FeatureEngineeringConfiguration;
  readonly becomes: Outcome;
}

export type Outcome = BecomesImage | BecomesQuarantine | { readonly kind: 'folder' };

export interface BecomesImage {
  readonly kind: 'image';
  readonly format: 'JPEG' | 'PNG';
  readonly width: number;
  readonly height: number;
  /** What a browser should show. Default: what it shows of the drop itself. */
  readonly looksLike?: () => Buffer | Promise<Buffer>;
  /** By how much any of 16 by 16 cells may differ from that. Unit: levels of 255. Default: 6. */
  readonly tolerance?: number;
  /** What the log tells. */
  readonly warning?: RegExp;
}

export interface BecomesQuarantine {
  readonly kind: 'quarantine';
  readonly reason: ReasonCode;
  /** What people read. */
  readonly says: RegExp;
}

export const AS_IT_IS: FeatureEngineeringConfiguration = { kind: 'images', transforms: [], output: {} };
export const UNTOUCHED: FeatureEngineeringConfiguration = { kind: 'none' };

/** Uses the first rows only, so that most of a file lies outside. */
export const FIRST_ROWS: FeatureEngineeringConfiguration = {
  kind: 'images', transforms: [{ kind: 'crop', width: 64, height: 32, left: 0, top: 0 }], output: {},
};

export const SMALL: FeatureEngineeringConfiguration = { kind: 'images', transforms: [{ kind: 'resize', width: 200 }], output: {} };

export const quarantine = (reason: ReasonCode, says: RegExp): BecomesQuarantine => ({ kind: 'quarantine', reason, says });

export const jpeg = (width: number, height: number, more: Partial<BecomesImage> = {}): BecomesImage => ({ kind: 'image', format: 'JPEG', width, height, ...more });

export const png = (width: number, height: number, more: Partial<BecomesImage> = {}): BecomesImage => ({ kind: 'image', format: 'PNG', width, height, ...more });
