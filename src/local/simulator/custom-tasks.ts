import { DataObject, Job } from './job';
import { isJsonObject, JsonObject, JsonValue } from './json';
import { fileName } from './label-lines';
import { joinS3Uri, parseS3Uri } from './s3-uri';
import { World } from './world';

const VERSION = '2018-10-16';

/** What the user's own function makes of an object for the page, or why it made nothing. */
export async function prepare(world: World, job: Job, object: DataObject): Promise<{ input?: JsonObject; problem?: string }> {
  const invoke = world.options.invokeFunction;
  if (job.taskType !== 'Custom' || !invoke) {
    return {};
  }
  const answer = await invoke(job.request.HumanTaskConfig.PreHumanTaskLambdaArn!, {
    version: VERSION, labelingJobArn: job.arn, dataObject: object.input.line,
  }).catch((error: unknown) => String(error));
  return isJsonObject(answer) && isJsonObject(answer.taskInput)
    ? { input: answer.taskInput }
    : { problem: `The pre-annotation function answered no taskInput: ${JSON.stringify(answer)?.slice(0, 200)}` };
}

/** What the user's own function makes of the workers' answers: attributes of the line. Undefined: there is no such function. */
export async function consolidateCustom(world: World, job: Job, object: DataObject): Promise<JsonObject | undefined> {
  const invoke = world.options.invokeFunction;
  if (job.taskType !== 'Custom' || !invoke) {
    return undefined;
  }
  const folder = [job.request.OutputConfig.S3OutputPath, job.name, 'annotations', 'consolidated-annotation', 'consolidation-request'] as const;
  const uri = joinS3Uri(...folder, `${fileName(object)}.json`);
  const { bucket, key } = parseS3Uri(uri)!;
  await world.cloud.writeObject(bucket, key, JSON.stringify([{
    datasetObjectId: object.taskId,
    dataObject: { content: JSON.stringify(object.input.line) },
    annotations: object.answers.map(({ workerId, answer }) => ({
      workerId, annotationData: { content: JSON.stringify(answer.kind === 'custom' ? answer.value : answer) },
    })),
  }]), 'application/json');
  const answer = await invoke(job.request.HumanTaskConfig.AnnotationConsolidationConfig!.AnnotationConsolidationLambdaArn, {
    version: VERSION, labelingJobArn: job.arn, labelCategories: job.labels, labelAttributeName: job.labelAttribute,
    roleArn: job.request.RoleArn, payload: { s3Uri: uri },
  }).catch((): JsonValue => []);
  const own = Array.isArray(answer) ? answer.find(each => isJsonObject(each) && each.datasetObjectId === object.taskId) : undefined;
  const annotation = isJsonObject(own) && isJsonObject(own.consolidatedAnnotation) ? own.consolidatedAnnotation.content : undefined;
  return isJsonObject(annotation) ? annotation : {};
}
