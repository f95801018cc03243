import { CROWD_SCRIPT, isCrowdScript } from '../../contract/crowd-script';

/** Each begins anew at a '<': however long a page is, none of it is looked at again and again. */
const SCRIPT = /<script\b([^<>]*)>[^<]*<\/script\s*>/gi;
const SOURCE = /(?:^|[\s"'/])src\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/i;

/** Puts another script in the place of the page's own one of crowd elements. */
function withScript(html: string, other: string): string {
  return html.replace(SCRIPT, (script, attributes: string) => {
    const [, ...values] = SOURCE.exec(attributes) ?? [];
    return isCrowdScript(values.find((value) => value !== undefined) ?? '') ? other : script;
  });
}

/** Lets the browser take the stand-ins where it does not reach the page's own script of crowd elements. */
export function withLoader(html: string, loader: string, standIns: string): string {
  return withScript(html, `<script src="${loader}" data-crowd="${CROWD_SCRIPT}" data-stand-ins="${standIns}"></script>`);
}

/** Puts the stand-ins in the place of the crowd elements. */
export function withStandIns(html: string, standIns: string): string {
  return withScript(html, `<script src="${standIns}"></script>`);
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
