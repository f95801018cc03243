/** A location in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** @returns undefined when the text is no `s3://bucket/key` URI. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const match = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri);
  return match ? { bucket: match[1], key: match[2] } : undefined;
}

/** @returns `s3://bucket/key`, with exactly one slash between a path and what is below it. */
export function joinS3Uri(base: string, ...parts: readonly string[]): string {
  return [base.replace(/\/+$/, ''), ...parts].join('/');
}
