const CROWD_SCRIPT = /<script\b[^>]*\bsrc\s*=\s*["']?(https:\/\/assets\.crowd\.aws\/[^"'\s>]+)[^>]*>\s*<\/script>/gi;

/** Lets the browser take the stand-ins where it does not reach the page's own script of crowd elements. */
export function withLoader(html: string, loader: string, standIns: string): string {
  return html.replace(CROWD_SCRIPT, (_script, src: string) => `<script src="${loader}" data-crowd="${src}" data-stand-ins="${standIns}"></script>`);
}

/** Puts the stand-ins in the place of the crowd elements. */
export function withStandIns(html: string, standIns: string): string {
  return html.replace(CROWD_SCRIPT, () => `<script src="${standIns}"></script>`);
}

/** A worker page is mostly written without what makes it a document. */
export function asDocument(html: string): string {
  return /^\s*<!doctype/i.test(html) ? html : `<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Worker page</title>\n${html}`;
}

/** Runs in the worker page. Asks first: a script that is never answered would hold the page up for minutes. */
export const LOADER = `(() => {
  const { crowd, standIns } = document.currentScript.dataset;
  const load = (src) => new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement('script'), { src, onload: resolve, onerror: reject }));
  });
  const reached = crowd ? fetch(crowd, { mode: 'no-cors', signal: AbortSignal.timeout(4000) }).then(() => load(crowd)) : Promise.reject();
  reached.catch(() => load(standIns));
})();
`;
