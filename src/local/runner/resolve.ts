import { Connection } from './aws';
import { DeployedResource, intrinsic, rewrite } from './template';
import { getAtt, pseudoParameter } from './translate';

/** What references in a template stand for, after the deploy. */
export interface Resolution {
  readonly connection: Connection;
  /** By logical id. */
  readonly resources: ReadonlyMap<string, DeployedResource>;
  readonly stackId?: string;
}

/**
 * The value of a property, with the references in it replaced: `Ref`, `Fn::GetAtt` of an ARN, `Fn::Join`, `Fn::Select`, `Fn::Split`, and
 * `Fn::Sub` of what is known everywhere.
 *
 * @throws Error for everything else that has to be computed.
 */
export function resolveValue(value: unknown, resolution: Resolution): unknown {
  return rewrite(value, part => {
    const call = intrinsic(part);
    return call && compute(call.name, call.argument, resolution);
  });
}

function compute(name: string, argument: unknown, resolution: Resolution): unknown {
  const { connection, resources } = resolution;
  if (name === 'Ref') {
    const value = (argument === 'AWS::StackId' ? resolution.stackId : pseudoParameter({ Ref: argument }, connection)) ?? resources.get(String(argument))?.physicalId;
    return value ?? unknownReference(name, argument);
  }
  if (name === 'Fn::GetAtt') {
    const [id, attribute] = getAtt(argument);
    const resource = resources.get(String(id));
    const arn = attribute === 'Arn' && resource && arnOf(resource, connection);
    return arn || unknownReference(name, argument);
  }
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown];
    return (resolveValue(parts, resolution) as string[]).join(separator);
  }
  if (name === 'Fn::Select') {
    const [index, list] = argument as [number, unknown];
    return (resolveValue(list, resolution) as unknown[])[index];
  }
  if (name === 'Fn::Split') {
    const [separator, text] = argument as [string, unknown];
    return String(resolveValue(text, resolution)).split(separator);
  }
  if (name === 'Fn::Sub' && typeof argument === 'string') {
    return argument.replace(/\$\{([^}]+)\}/g, (_, part: string) => String(compute('Ref', part, resolution)));
  }
  return unknownReference(name, argument);
}

/** Undefined for types whose ARN the runner never needed. */
export function arnOf({ type, physicalId }: DeployedResource, { region, account }: Connection): string | undefined {
  const name = physicalId.slice(physicalId.lastIndexOf('/') + 1);
  switch (type) {
    case 'AWS::DynamoDB::GlobalTable':
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${region}:${account}:table/${name}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${account}:role/${name}`;
    case 'AWS::KMS::Key':
      return `arn:aws:kms:${region}:${account}:key/${name}`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${region}:${account}:function:${name}`;
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${name}`;
    case 'AWS::SNS::Topic':
      return physicalId;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${region}:${account}:${name}`;
    default:
      return undefined;
  }
}

function unknownReference(name: string, argument: unknown): never {
  throw new Error(`the runner cannot compute ${JSON.stringify({ [name]: argument })}; teach it in src/local/runner/resolve.ts`);
}
