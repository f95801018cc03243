import { writePageToken, readPageToken } from './page-token';
import { PutOptions } from '../ports';

/** All user metadata of an object, names and values (S3 User Guide, object metadata). */
const METADATA_MAX = 2_048;

/** What S3 would mangle or refuse: header values must be printable ASCII, without spaces around them, and small. */
export function assertMetadata(options: PutOptions): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(options.metadata ?? {})) {
    if (!/^[a-z0-9-]+$/.test(name)) {
      throw new Error(`The metadata name ${JSON.stringify(name)} must be lower-case letters, digits and hyphens.`);
    }
    if (!/^[\x20-\x7e]*$/.test(value) || value !== value.trim()) {
      throw new Error(`The metadata ${name} must be printable ASCII without spaces around it, encode it first: ${JSON.stringify(value)}`);
    }
    bytes += name.length + value.length;
  }
  if (bytes > METADATA_MAX) {
    throw new Error(`The metadata has ${bytes} bytes, at most ${METADATA_MAX} are allowed.`);
  }
}

/** The `CopySource` of one version: encoded, but for the slashes. */
export function copySource(from: { readonly bucket: string; readonly key: string; readonly versionId: string }): string {
  return `${from.bucket}/${from.key.split('/').map(encodeURIComponent).join('/')}?versionId=${encodeURIComponent(from.versionId)}`;
}

/** Keys in listings that were asked for URL encoding, which keeps control characters out of the XML. */
export function decodeListedKey(key: string): string {
  return decodeURIComponent(key.replace(/\+/g, ' '));
}

/** Where a listing of versions goes on. */
export interface VersionMarker {
  readonly key: string;
  readonly versionId?: string;
}

export const writeVersionToken = (marker: VersionMarker): string => writePageToken(marker);
export const readVersionToken = (token: string): VersionMarker => readPageToken<VersionMarker>(token);
