/** Where the Crowd HTML Elements come from, without which a worker page is no task. */
export const CROWD_SCRIPT = 'https://assets.crowd.aws/crowd-html-elements.js';

/** Stands for where a worker page is: nobody knows, but it comes over HTTPS. */
const PAGE = 'https://page.invalid/';

/** Whether a browser loads the crowd elements for this `src` of a script. */
export function isCrowdScript(src: string): boolean {
  try {
    const { origin, pathname } = new URL(src, PAGE);
    return origin + pathname === CROWD_SCRIPT;
  } catch {
    return false;
  }
}
