import { Job } from './job';
import { joinS3Uri, parseS3Uri } from './s3-uri';
import { World } from './world';

/** Where the job's output manifest lies. */
export function outputManifestUri(job: Job): string {
  return joinS3Uri(job.request.OutputConfig.S3OutputPath, job.name, 'manifests', 'output', 'output.manifest');
}

/** Writes the output manifest as it stands now: what came in through a manifest, in its order, then what came through the topic. */
export async function writeManifest(world: World, job: Job): Promise<void> {
  if (job.slots.length === 0 && !world.options.writesEmptyManifest) {
    return;
  }
  const text = job.slots.map(slot => `${slot.object?.outputLine ?? slot.text}\n`).join('');
  const uri = outputManifestUri(job);
  const location = parseS3Uri(uri)!;
  await world.cloud.writeObject(location.bucket, location.key, text, 'application/json');
  job.outputUri = uri;
  job.manifestChanged = false;
  job.manifestWrittenAt = world.now;
}
