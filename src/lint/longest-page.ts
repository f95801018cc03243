import { bindImages } from './bind';
import { PREFIX } from '../contract/environment';
import { TEMPLATE_MAX_CHARACTERS } from '../contract/limits';

/** Names of buckets have at most so many characters. */
const BUCKET_MAX = 63;

/** Hex digits of the hash that an example image lies under. */
const HASH_DIGITS = 32;

/** No address of this example image is longer: a key keeps no more of its path than the last name, with an ending of its own. */
export function longestAddress(image: string): string {
  const name = image.split('/').pop()!;
  return `s3://${'b'.repeat(BUCKET_MAX)}/${PREFIX.CONFIG}${'0'.repeat(HASH_DIGITS)}/${'n'.repeat(name.length)}.jpg`;
}

/**
 * Why a page that fits as it is does not when it is published, where its example images are named by their addresses; undefined where
 * it does. The bucket's name may not be known yet: its longest counts.
 */
export function outgrown(template: string, images: readonly string[]): string | undefined {
  if (images.length === 0 || template.length > TEMPLATE_MAX_CHARACTERS) {
    return undefined;
  }
  const { length } = bindImages(template, Object.fromEntries(images.map((image) => [image, longestAddress(image)]))).template;
  return length <= TEMPLATE_MAX_CHARACTERS ? undefined
    : `the page has ${template.length} characters, and up to ${length} when the addresses of its example images stand in the place of their names; `
      + `${TEMPLATE_MAX_CHARACTERS} are allowed: show images less often or shorten the text`;
}
