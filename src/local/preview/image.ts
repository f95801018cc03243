import { readFileSync } from 'node:fs';
import { inspect } from '../../runtime/images/gate';
import { ImageHeader } from '../../runtime/images/header';
import { sniff } from '../../runtime/images/sniff';

/** The image to label, or why no worker could be given it. */
export type ImageToLabel =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly header: ImageHeader }
  | { readonly ok: false; readonly detail: string };

/**
 * Reads the image to label as workers get images: as JPEG or PNG, whatever was dropped.
 *
 * @throws Error of the file system
 */
export function readImage(file: string): ImageToLabel {
  const bytes = readFileSync(file);
  const sniffed = sniff(bytes);
  if (bytes.length > 0 && sniffed.kind !== 'jpeg' && sniffed.kind !== 'png') {
    const type = 'name' in sniffed ? sniffed.name : sniffed.kind.toUpperCase();
    return { ok: false, detail: `the file is ${type}; workers are shown JPEG and PNG alone: convert it to one of these` };
  }
  const seen = inspect(bytes);
  return seen.ok ? { ok: true, bytes, header: seen } : { ok: false, detail: seen.detail };
}
