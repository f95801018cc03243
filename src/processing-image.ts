import { Stack, Token } from 'aws-cdk-lib';
import { IRepository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import { IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { SCIKIT_LEARN, frameworkImage } from './parts/framework-images';
import { BoundImage } from './parts/processing-job';

/** The container that works on drops. */
export abstract class ProcessingImage {
  /**
   * The ready-made scikit-learn container of SageMaker, with NumPy, SciPy and pandas: small and quick to start.
   *
   * @param version of the container; default `1.2-1`
   */
  static scikitLearn(version: string = '1.2-1'): ProcessingImage {
    return new FrameworkImage(SCIKIT_LEARN, `${version}-cpu-py3`);
  }

  /**
   * A ready-made PyTorch container of AWS, which has Pillow and OpenCV too.
   *
   * @param version framework version; default `2.3.0`
   * @param pythonVersion default `py311`
   */
  static pyTorch(version: string = '2.3.0', pythonVersion: string = 'py311'): ProcessingImage {
    return new FrameworkImage('pytorch-training', `${version}-cpu-${pythonVersion}`);
  }

  /**
   * A ready-made TensorFlow container of AWS.
   *
   * @param version framework version; default `2.16.2`
   * @param pythonVersion default `py310`
   */
  static tensorFlow(version: string = '2.16.2', pythonVersion: string = 'py310'): ProcessingImage {
    return new FrameworkImage('tensorflow-training', `${version}-cpu-${pythonVersion}`);
  }

  /**
   * An image by its address in ECR. It must exist in the stack's Region, and you let the job's role pull it where it is in
   * another account.
   */
  static fromUri(imageUri: string): ProcessingImage {
    return new GivenImage(imageUri);
  }

  /**
   * An image of an ECR repository, which the job's role may then pull.
   *
   * @param tag default `latest`
   */
  static fromEcrRepository(repository: IRepository, tag: string = 'latest'): ProcessingImage {
    return new RepositoryImage(repository, tag);
  }

  /** An image that the CDK builds from a directory with a Dockerfile, and publishes. Needs Docker when the app is deployed. */
  static fromDirectory(directory: string): ProcessingImage {
    return new BuiltImage(directory);
  }

  /** @internal */
  abstract _bind(scope: Construct): BoundImage;
}

class FrameworkImage extends ProcessingImage {
  constructor(private readonly repository: string, private readonly tag: string) {
    super();
  }

  /** @internal */
  _bind(scope: Construct): BoundImage {
    const { imageUri, repositoryArn } = frameworkImage(scope, this.repository, this.tag);
    return { imageUri, needsScript: true, version: this.tag, grantPull: (grantee) => allowPull(grantee, repositoryArn) };
  }
}

class GivenImage extends ProcessingImage {
  constructor(private readonly imageUri: string) {
    super();
  }

  /** @internal */
  _bind(scope: Construct): BoundImage {
    const found = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z.]+\/([^:@]+)[:@].+$/.exec(this.imageUri);
    if (!found && !Token.isUnresolved(this.imageUri)) {
      throw new Error(`ProcessingImage.fromUri: imageUri is '${this.imageUri}'; it must be an image in ECR with a tag or digest, `
        + 'such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com/name:tag');
    }
    const { partition } = Stack.of(scope);
    return {
      imageUri: this.imageUri,
      needsScript: false,
      version: this.imageUri,
      grantPull: (grantee) => {
        if (found) {
          allowPull(grantee, `arn:${partition}:ecr:${found[2]}:${found[1]}:repository/${found[3]}`);
        }
      },
    };
  }
}

class RepositoryImage extends ProcessingImage {
  constructor(private readonly repository: IRepository, private readonly tag: string) {
    super();
  }

  /** @internal */
  _bind(_scope: Construct): BoundImage {
    const imageUri = this.repository.repositoryUriForTag(this.tag);
    return { imageUri, needsScript: false, version: this.tag, grantPull: (grantee) => this.repository.grantPull(grantee) };
  }
}

class BuiltImage extends ProcessingImage {
  constructor(private readonly directory: string) {
    super();
  }

  /** @internal */
  _bind(scope: Construct): BoundImage {
    const asset = new DockerImageAsset(scope, 'Image', { directory: this.directory });
    return {
      imageUri: asset.imageUri, needsScript: false, version: asset.assetHash, grantPull: (grantee) => asset.repository.grantPull(grantee),
    };
  }
}

/** Lets a role pull an image. */
function allowPull(grantee: IGrantable, repositoryArn: string): void {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({
    actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    resources: [repositoryArn],
  }));
}
