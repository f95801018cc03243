/**
 * The site that people read instructions on: what lies where in its bucket, and what its pages may do in a browser.
 */

/** Prefixes whose keys have the hash of their content: what lies under them never changes. */
export const SITE_PREFIX = {
  IMAGES: 'images/',
  STYLES: 'styles/',
} as const;

/** What a folder of the site answers with. */
export const SITE_INDEX = 'index.html';

/** The page of a version. The latest one lies at the root too. */
export function sitePageKey(version: string): string {
  return `${version}/${SITE_INDEX}`;
}

/** A page shows images and a style of its own site, and nothing else: no script, no form, nobody else's content. */
export const SITE_CONTENT_POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'";
