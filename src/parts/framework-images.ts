import { Aws, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { regionalAccount } from './regional-account';

const MAPPING_ID = 'StreamingLabelingScikitLearn';

/** The account that owns the scikit-learn containers, in each Region where Ground Truth exists (Developer Guide, pre-built images). */
const SCIKIT_LEARN_ACCOUNTS: { readonly [region: string]: string } = {
  'ap-northeast-1': '354813040037',
  'ap-northeast-2': '366743142698',
  'ap-south-1': '720646828776',
  'ap-southeast-1': '121021644041',
  'ap-southeast-2': '783357654285',
  'ca-central-1': '341280168497',
  'eu-central-1': '492215442770',
  'eu-west-1': '141502667606',
  'eu-west-2': '764974769150',
  'us-east-1': '683313688378',
  'us-east-2': '257758044811',
  'us-west-2': '246618743249',
};

/** The account that owns the deep learning containers in all of these Regions. */
const DEEP_LEARNING_ACCOUNT = '763104351884';

/** Repository of the scikit-learn containers. */
export const SCIKIT_LEARN = 'sagemaker-scikit-learn';

/** A ready-made container in the stack's Region, which may be known only at deploy time. */
export function frameworkImage(scope: Construct, repository: string, tag: string): { imageUri: string; repositoryArn: string } {
  const { region } = Stack.of(scope);
  const account = repository === SCIKIT_LEARN ? regionalAccount(scope, MAPPING_ID, SCIKIT_LEARN_ACCOUNTS) : DEEP_LEARNING_ACCOUNT;
  return {
    imageUri: `${account}.dkr.ecr.${region}.${Aws.URL_SUFFIX}/${repository}:${tag}`,
    repositoryArn: `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${repository}`,
  };
}
