import { IResource, Resource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Problems } from './parts/problems';
import { checkWorkTeamArn } from './parts/work-team-arn';

/** The people who label: a work team of SageMaker. */
export interface IWorkTeam extends IResource {
  /**
   * The team's ARN.
   *
   * @attribute
   */
  readonly workTeamArn: string;
}

/**
 * The people who label: a work team of SageMaker.
 */
export abstract class WorkTeam extends Resource implements IWorkTeam {
  /**
   * Uses a work team that exists: a private one of this account, or that of a vendor from AWS Marketplace.
   *
   * It must be in the Region of the project. The public team (Amazon Mechanical Turk) has been closed.
   */
  static fromWorkTeamArn(scope: Construct, id: string, workTeamArn: string): IWorkTeam {
    const problems = new Problems(`WorkTeam.fromWorkTeamArn ('${id}')`);
    checkWorkTeamArn(problems, workTeamArn, Stack.of(scope));
    problems.throwIfAny();
    return new ImportedWorkTeam(scope, id, workTeamArn);
  }

  abstract readonly workTeamArn: string;
}

class ImportedWorkTeam extends WorkTeam {
  constructor(scope: Construct, id: string, readonly workTeamArn: string) {
    super(scope, id);
  }
}
