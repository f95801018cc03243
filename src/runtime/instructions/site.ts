import { SITE_STYLE, SitePage, sitePage } from './site-page';
import { contentHash } from './version';
import { SITE_INDEX, SITE_PREFIX, sitePageKey } from '../../contract/instructions-site';
import { ObjectStore } from '../ports';

const FOREVER = 'public, max-age=31536000, immutable';

/** A page stays where it is, and may be written anew: browsers ask again after a minute. */
const PAGE = { contentType: 'text/html; charset=utf-8', cacheControl: 'public, max-age=60' };

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Writes what never changes under its key: an example image, or the style. Answers where a browser finds it. */
export async function writeSiteFile(
  objects: ObjectStore, bucket: string, key: string, body: Uint8Array, contentType: string,
): Promise<string> {
  await objects.putIfAbsent(bucket, key, body, { contentType, cacheControl: FOREVER });
  return `/${key}`;
}

/** Writes the page of a version, whose images are there. Of the same version it is written anew, as this library shows it now. */
export async function writeSitePage(objects: ObjectStore, bucket: string, page: Omit<SitePage, 'style'>): Promise<void> {
  const key = `${SITE_PREFIX.STYLES}${contentHash(SITE_STYLE)}.css`;
  const style = await writeSiteFile(objects, bucket, key, utf8(SITE_STYLE), 'text/css; charset=utf-8');
  await objects.put(bucket, sitePageKey(page.version), utf8(sitePage({ ...page, style })), PAGE);
}

/**
 * Puts the page of the latest version at the root. Which one that is, is read again afterwards, so that of two that do this at the same
 * time the one that is late leaves nothing old. A version that has no page yet changes nothing: whoever publishes it comes here too.
 */
export async function showLatest(objects: Pick<ObjectStore, 'get' | 'put'>, bucket: string, latest: () => Promise<string>): Promise<void> {
  let shown: string | undefined;
  for (let version = await latest(); version !== shown; version = await latest()) {
    const page = await objects.get(bucket, sitePageKey(version));
    if (page) {
      await objects.put(bucket, SITE_INDEX, page.body, PAGE);
    }
    shown = version;
  }
}
