/** A version of an object. */
interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly size?: number;
}

/** Why the project itself tells the intake of an object. */
export type IntakeCause = 'sweep' | 'requeue' | 'backfill';

/** How the `eventSource` of the project's own messages begins. */
export const OWN_SOURCE = 'streaming-labeling:';

/** What the intake queue is told of a drop that no event brings in: as S3 itself would, with the key as S3 encodes it. */
export function intakeMessage(cause: IntakeCause, bucket: string, version: Version): string {
  const key = encodeURIComponent(version.key).replace(/%20/g, '+').replace(/%2F/g, '/');
  return JSON.stringify({
    Records: [{
      eventSource: `${OWN_SOURCE}${cause}`,
      eventName: `ObjectCreated:${cause[0].toUpperCase()}${cause.slice(1)}`,
      s3: { bucket: { name: bucket }, object: { key, versionId: version.versionId, size: version.size } },
    }],
  });
}
