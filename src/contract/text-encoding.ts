import { UnreadFile } from './template-lint';

/** The text of a file, without a byte order mark; or what else the file holds. */
export function textIn(bytes: Uint8Array): { readonly text: string } | { readonly found: string } {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { found: 'UTF-16' };
  }
  if (bytes.includes(0)) {
    return { found: 'zero bytes, as UTF-16 or a file that is no text has them' };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { found: 'bytes that are no UTF-8, as Latin-1 has them' };
  }
}

/** The texts of files, and what was found in those that have none. */
export function textsIn(
  files: readonly (readonly [string, Uint8Array])[],
): { readonly files: { readonly [name: string]: string }; readonly unread: { readonly [name: string]: UnreadFile } } {
  const read = files.map(([name, bytes]) => ({ name, ...textIn(bytes) }));
  return {
    files: Object.fromEntries(read.map((each) => [each.name, 'text' in each ? each.text : ''])),
    unread: Object.fromEntries(read.flatMap((each) => ('found' in each ? [[each.name, notUtf8(each.found)]] : []))),
  };
}

const notUtf8 = (found: string): UnreadFile => ({ rule: 'not-utf-8', message: `the file has ${found}; save it as UTF-8` });
