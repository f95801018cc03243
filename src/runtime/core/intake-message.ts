/** A version of an object in the drop bucket. */
interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly size?: number;
}

/** What the intake queue is told of a drop that no event brings in: as S3 itself would, with the key as S3 encodes it. */
export function intakeMessage(cause: 'sweep' | 'requeue', bucket: string, version: Version): string {
  const key = encodeURIComponent(version.key).replace(/%20/g, '+').replace(/%2F/g, '/');
  return JSON.stringify({
    Records: [{
      eventSource: `streaming-labeling:${cause}`,
      eventName: `ObjectCreated:${cause === 'sweep' ? 'Sweep' : 'Requeue'}`,
      s3: { bucket: { name: bucket }, object: { key, versionId: version.versionId, size: version.size } },
    }],
  });
}
