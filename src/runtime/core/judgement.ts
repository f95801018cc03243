/** Fewer failures than that are looked at one by one. */
const MASS_COUNT = 10;
const MASS_SHARE = 0.2;

/** So long with a job and not labeled says something about an image, whatever else the job did. Milliseconds. */
const LONG = 7 * 24 * 60 * 60_000;

/** What is known of an ended job and of the images that it gives back. */
export interface JobOutcome {
  readonly offered: number;
  /** Images that it gives back, and how many of them a line names as failed. */
  readonly returned: number;
  readonly named: number;
  /** Failures that the service counts, whichever objects they were. */
  readonly counted: number;
  /** Whether it gave labels from about its first failure on: then its surroundings worked. */
  readonly workedAfter: boolean;
  /** Whether the images are under suspicion: a job that worked held something against each, or somebody vouches for the surroundings. */
  readonly suspect: boolean;
}

/**
 * - `mass`: so many failed that no further job is made before a person looked.
 * - `common`: few failed, but nothing was labeled after it. Once may be chance; three such jobs in a row open the breaker.
 * - `images`: what failed is held against the images.
 */
export type Blame = 'mass' | 'common' | 'images';

/** What a job says about its images. Written down before the first of them is given back. */
export interface Judgement {
  readonly blame: Blame;
  readonly failed: number;
  /** The service counts failures that no line names: any image that comes back may be one of them. */
  readonly unnamed: boolean;
}

/**
 * Whether the images are at fault, or what they all depend on. A fault that hits everybody (CORS, the role, a key) must never cost
 * a healthy image its place; an image that nobody can label must not come back for ever. One image that fails alone is more
 * probably bad than its surroundings.
 */
export function judgeOutcome({ offered, returned, named, counted, workedAfter, suspect }: JobOutcome): Judgement {
  const failed = Math.max(named, Math.min(counted, returned));
  const blame: Blame = isMass(failed, offered) ? 'mass' : failed >= 2 && !workedAfter && !suspect ? 'common' : 'images';
  return { blame, failed, unnamed: counted > named };
}

function isMass(failed: number, offered: number): boolean {
  return failed >= MASS_COUNT && failed >= offered * MASS_SHARE;
}

/** Whether having been offered in vain is held against an image. A job that ends early, as by a roll, says nothing about it. */
export function isOfferCounted({ blame, unnamed }: Judgement, wasNamed: boolean, withJobFor: number): boolean {
  return blame === 'images' && (wasNamed || unnamed || withJobFor >= LONG);
}
