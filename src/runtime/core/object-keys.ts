import { PREFIX } from '../../contract/environment';
import { SOURCE_REF_MAX_BYTES } from '../../contract/limits';

/** Hex digits of the content hash in an object key: 64 bits, beyond any chance of two drops meeting. */
const HASH_DIGITS = 16;

/** S3 keys hold at most so many bytes. */
const KEY_MAX_BYTES = 1_024;

/** What a sanitised path consists of: one byte for each character, safe in URLs, shells and file systems. */
const UNSAFE = /[^A-Za-z0-9._-]+/g;

function safeSegment(segment: string): string {
  const safe = segment.replace(UNSAFE, '_');
  return /^\.+$/.test(safe) ? '_' : safe;
}

function safePath(path: string): string[] {
  return path.split('/').filter((segment) => segment.length > 0).map(safeSegment);
}

function withoutExtension(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** Cuts whole leading folders first, then the tail of the name, until `render` fits. */
function fit(folders: string[], name: string, maxLength: number, render: (folders: string[], name: string) => string): string {
  let kept = folders;
  while (kept.length > 0 && render(kept, name).length > maxLength) {
    kept = kept.slice(1);
  }
  const excess = render(kept, name).length - maxLength;
  return render(kept, excess > 0 ? name.slice(0, Math.max(1, name.length - excess)) : name);
}

/** A drop's identity and where it lay. */
export interface DropPath {
  readonly key: string;
  readonly sha256: string;
}

/**
 * The immutable key of an image: `images/<drop's path>/<name>-<hash>-<index>.<ext>`, cut so that `s3://<bucket>/<key>`
 * stays within the service's limit.
 *
 * @param variant what tells images of the same index apart: `<index>-<variant>`
 */
export function imageObjectKey(bucket: string, drop: DropPath, index: number, extension: string, variant?: string): string {
  const path = safePath(drop.key);
  const name = withoutExtension(path[path.length - 1] ?? '_');
  const suffix = `-${drop.sha256.slice(0, HASH_DIGITS)}-${index}${variant === undefined ? '' : `-${variant}`}.${extension}`;
  const max = SOURCE_REF_MAX_BYTES - `s3://${bucket}/`.length;
  return fit(path.slice(0, -1), name, max, (folders, stem) => `${PREFIX.IMAGES}${[...folders, stem].join('/')}${suffix}`);
}

/** The immutable key of an example image of the instructions, below a prefix. */
export function exampleImageKey(prefix: string, hash: string, path: string, extension: string): string {
  const segments = safePath(path);
  return `${prefix}${hash}/${withoutExtension(segments[segments.length - 1] ?? '_').slice(0, 200)}.${extension}`;
}

function keptKey(prefix: string, drop: DropPath): string {
  const path = safePath(drop.key);
  return fit(path.slice(0, -1), path[path.length - 1] ?? '_', KEY_MAX_BYTES,
    (folders, name) => `${prefix}${[...folders, drop.sha256, name].join('/')}`);
}

/** Where a finished drop's bytes are kept. */
export function originalKey(drop: DropPath): string {
  return keptKey(PREFIX.ORIGINALS, drop);
}

/** Where a drop goes that cannot be labeled. */
export function quarantineKey(drop: DropPath): string {
  return keptKey(PREFIX.QUARANTINE, drop);
}

/** `s3://bucket/key` as Ground Truth writes it: the key as it is, not URL-encoded. */
export function s3Uri(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`;
}

/** Bucket and key of an `s3://` URI; undefined for anything else. */
export function parseS3Uri(uri: string): { bucket: string; key: string } | undefined {
  const match = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri);
  return match ? { bucket: match[1], key: match[2] } : undefined;
}

/** The key within an S3 event notification: `+` is a space, the rest is percent-encoded UTF-8. */
export function decodeEventKey(encoded: string): string {
  return decodeURIComponent(encoded.replace(/\+/g, ' '));
}

/** What consoles put where a person makes a folder: no drop. */
export function isFolderMarker(key: string, size: number): boolean {
  return size === 0 && key.endsWith('/');
}
