import { s3Uri } from '../core/object-keys';
import { Item, Write } from '../ports';
import { Ledger } from './context';
import { originOf } from './drops';
import { bandKey } from './keys';
import { PerceptualHash, bandsOf, bitsApart } from '../core/perceptual-hash';

/** How a drop's images look, and within how many bits another drop counts as the same. */
export type Look = { readonly hash: PerceptualHash; readonly maxDistance: number };

/** The drop that one looks like. */
export type NearDuplicate = Look & {
  readonly sha256: string;
  /** Its URI. */
  readonly of: string;
  /** Unit: bits. */
  readonly distance: number;
};

/** How many drops each band remembers: the last ones. */
export const BAND_SLOTS = 64;

/** What the bands of a look remember, as it was read. */
export interface Sight {
  readonly near?: NearDuplicate;
  /** Remembers the drop, so that later ones are compared with it. Conditional: fails if anything was remembered there meanwhile. */
  readonly remember: (isConditional: boolean) => Write[];
}

/**
 * Looks for a drop that workers get, or got, and that looks the same. Each of a look's bands has one item of bounded size, which
 * remembers the last drops that share that part of their looks: one call reads them all, whatever the ledger's size.
 */
export async function lookAround(ledger: Pick<Ledger, 'table'>, sha256: string, look: Look): Promise<Sight> {
  const keys = bandsOf(look.hash, look.maxDistance).map((band, index) => bandKey(look.maxDistance, index, band));
  const found = new Map((await ledger.table.getMany(keys)).map((item) => [item.pk, item]));
  const bands = keys.map((key) => ({ key, item: found.get(key.pk) }));
  const nearest = [...found.values()].flatMap(remembered)
    .filter((other) => other.sha256 !== sha256)
    .map((other) => ({ ...other, distance: bitsApart(other.hash, look.hash) }))
    .filter(({ distance }) => distance <= look.maxDistance)
    .sort((a, b) => a.distance - b.distance || (a.sha256 < b.sha256 ? -1 : 1))
    .at(0);
  const origin = nearest && await originOf(ledger, nearest.sha256);
  return {
    ...(nearest && {
      near: { ...look, sha256: nearest.sha256, of: origin ? s3Uri(origin.bucket, origin.key) : `sha256 ${nearest.sha256}`, distance: nearest.distance },
    }),
    remember: (isConditional) => bands
      .filter(({ item }) => !item || !remembered(item).some((other) => other.sha256 === sha256))
      .map(({ key, item }): Write => ({
        update: key,
        set: { [slotOf(item)]: `${look.hash}${sha256}`, schema: 1 },
        add: { drops: 1 },
        ...(isConditional ? { when: [item ? { attribute: 'drops', is: '=', value: Number(item.drops) } : { attribute: 'drops', is: 'absent' }] } : {}),
      })),
  };
}

/** Why its images are held, for people. */
export function nearDetail({ distance, of }: NearDuplicate): string {
  return distance === 0 ? `it looks the same as ${of}` : `it looks nearly the same as ${of}: ${distance} of 64 bits differ`;
}

const SLOT = /^drop-\d+$/;
const HASH_LENGTH = 16;

/** The one that was remembered the longest ago gives way. */
const slotOf = (item: Item | undefined): string => `drop-${Number(item?.drops ?? 0) % BAND_SLOTS}`;

function remembered(item: Item): { readonly hash: PerceptualHash; readonly sha256: string }[] {
  return Object.entries(item).filter(([name]) => SLOT.test(name))
    .map(([, value]) => ({ hash: String(value).slice(0, HASH_LENGTH), sha256: String(value).slice(HASH_LENGTH) }));
}
