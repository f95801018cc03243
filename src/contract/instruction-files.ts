/** The files of a folder of instructions, as everybody who reads one knows them. */

/** A page of one's own. */
export const TEMPLATE_FILE = 'template.liquid.html';

/** What is put into the built-in page of the task. */
export const FULL_FILE = 'full.md';
export const SHORT_FILE = 'short.md';

/** All that may make a page. */
export const PAGES: readonly string[] = [FULL_FILE, SHORT_FILE, TEMPLATE_FILE];

/** Where example images lie. */
export const IMAGES_FOLDER = 'images/';

/** Texts that lie in the folder itself. Only the three files above mean something; of others people are told. */
export const TEXT_FILE = /^[^/\\]+\.(html?|liquid|md|markdown|txt)$/i;

/** Example images by their names: all that the pipeline reads, of which workers get JPEG or PNG. */
export const IMAGE_FILE = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;

/** How messages name them. */
export const IMAGE_TYPES = 'JPEG, PNG, WebP, AVIF, GIF and TIFF';
