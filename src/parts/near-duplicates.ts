import { NEAR_DUPLICATE_DISTANCE } from '../contract/limits';
import { NearDuplicatesConfiguration } from '../contract/project-configuration';
import type { NearDuplicateHold } from '../near-duplicate-hold';
import { Problems } from './problems';

const DEFAULT_DISTANCE = 4;

/** The part of the configuration that a hold of near duplicates is. Empty: there is none. */
export function nearDuplicatesOf(
  hold: NearDuplicateHold | undefined, problems: Problems,
): { readonly nearDuplicates?: NearDuplicatesConfiguration } {
  if (hold === undefined) {
    return {};
  }
  const { maxDistance = DEFAULT_DISTANCE } = hold;
  problems.whole('nearDuplicates.maxDistance', maxDistance, NEAR_DUPLICATE_DISTANCE);
  return { nearDuplicates: { maxDistance } };
}
