import { App, AppProps, Stack, StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { LabelingTask, LabelingTaskOptions, StreamingLabelingProject, StreamingLabelingProjectProps, WorkTeam } from '../src';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const TEAM_ARN = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:workteam/private-crowd/team`;

/** An app that does not copy its assets: they are large, and the tests look at templates only. */
export function newApp(props: AppProps = {}): App {
  return new App({ ...props, context: { 'aws:cdk:disable-asset-staging': true, ...props.context } });
}

export function newStack(props: StackProps = { env: { account: ACCOUNT, region: REGION } }, app: App = newApp()): Stack {
  return new Stack(app, 'Stack', props);
}

/** A stack whose account and Region are known only at deploy time. */
export function agnosticStack(app: App = newApp()): Stack {
  return newStack({}, app);
}

export const BOXES: LabelingTaskOptions = { title: 'Parts', description: 'Draw a box around each part', labels: [{ name: 'screw' }, { name: 'nut' }] };

/** A project with as few props as possible, and those that are given. */
export function newProject(stack: Stack, props: Partial<StreamingLabelingProjectProps> = {}, id = 'Project'): StreamingLabelingProject {
  return new StreamingLabelingProject(stack, id, {
    projectName: 'parts',
    task: LabelingTask.boundingBox(BOXES),
    workTeam: props.workTeam ?? WorkTeam.fromWorkTeamArn(stack, `${id}Team`, TEAM_ARN),
    ...props,
  });
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | string[] } };
}

interface Resource {
  readonly Type: string;
  readonly Properties: { readonly [name: string]: any };
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** A template with its intrinsic functions written as text, so that one can look into it. */
export class FlatTemplate {
  static of(stack: Stack): FlatTemplate {
    return new FlatTemplate(Template.fromStack(stack));
  }

  readonly resources: { readonly [id: string]: Resource };

  constructor(readonly template: Template) {
    this.resources = flat(template.toJSON().Resources) as { [id: string]: Resource };
  }

  ofType(type: string): { readonly id: string; readonly resource: Resource }[] {
    return Object.entries(this.resources).filter(([, resource]) => resource.Type === type).map(([id, resource]) => ({ id, resource }));
  }

  /** The one resource of a type whose id contains a word. */
  find(type: string, word: string): Resource & { readonly id: string } {
    const found = this.ofType(type).filter(({ id }) => id.includes(word));
    expect(found.map(({ id }) => id)).toHaveLength(1);
    return { id: found[0].id, ...found[0].resource };
  }

  /** All statements of the policies of the role whose id contains a word. */
  statementsOf(word: string): Statement[] {
    const role = this.find('AWS::IAM::Role', word);
    const attached = this.ofType('AWS::IAM::Policy')
      .filter(({ resource }) => resource.Properties.Roles.includes(`<${role.id}>`))
      .map(({ resource }) => resource.Properties.PolicyDocument);
    const inline = (role.Properties.Policies ?? []).map((policy: { PolicyDocument: object }) => policy.PolicyDocument);
    return [...attached, ...inline].flatMap((document) => document.Statement.map(normalized));
  }

  /** All statements of identity policies. */
  allStatements(): Statement[] {
    return this.ofType('AWS::IAM::Role').flatMap(({ id }) => this.statementsOf(id));
  }

  /** What the custom resource hands to the runtime. */
  configuration(word = ''): any {
    return JSON.parse(this.find('Custom::StreamingLabelingDeployment', word).Properties.Configuration);
  }
}

function normalized(statement: { Action: string | string[]; Resource: string | string[] } & Omit<Statement, 'Action' | 'Resource'>): Statement {
  return { ...statement, Action: [statement.Action].flat(), Resource: [statement.Resource].flat() };
}

function flat(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(flat);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  if (entries.length === 1) {
    const [[name, argument]] = entries;
    switch (name) {
      case 'Ref':
        return `<${argument}>`;
      case 'Fn::GetAtt':
        return `<${argument.join('.')}>`;
      case 'Fn::Join':
        return (flat(argument[1]) as string[]).join(argument[0]);
      case 'Fn::Select':
        return `<${argument[0]} of ${flat(argument[1])}>`;
      case 'Fn::Split':
        return `${flat(argument[1])} by ${argument[0]}`;
      case 'Fn::FindInMap':
        return `<${(flat(argument) as string[]).join('.')}>`;
      case 'Fn::ImportValue':
        return `<import ${flat(argument)}>`;
    }
  }
  return Object.fromEntries(entries.map(([name, each]) => [name, flat(each)]));
}
