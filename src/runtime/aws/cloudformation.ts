import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/** What a custom resource says to CloudFormation. */
export interface CustomResourceAnswer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason: string;
  /** Constant, so that an update is never taken for a replacement. */
  readonly physicalId: string;
  /** Attributes, for `Fn::GetAtt`. */
  readonly data: { readonly [name: string]: string };
}

/** CloudFormation takes at most 4 KB of answer. */
const REASON_MAX = 1_000;

export async function answerCloudFormation(event: CloudFormationCustomResourceEvent, answer: CustomResourceAnswer): Promise<void> {
  const { status, reason, physicalId, data } = answer;
  const body = JSON.stringify({
    Status: status,
    Reason: reason.slice(0, REASON_MAX),
    PhysicalResourceId: physicalId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: data,
  });
  const response = await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!response.ok) {
    throw new Error(`CloudFormation did not take the answer: ${response.status}`);
  }
}
