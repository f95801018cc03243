/** The parts of `s3://bucket/key`. */
export function parseUri(uri: string): { readonly bucket: string; readonly key: string } {
  const match = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri);
  if (!match) {
    throw new Error(`expected s3://<bucket>/<key>, got ${JSON.stringify(uri)}`);
  }
  return { bucket: match[1], key: match[2] };
}
