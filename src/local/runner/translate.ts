import { Connection } from './aws';
import { intrinsic, isRecord, rewrite, Template, TemplateResource } from './template';
import { isLeftOut, standIn } from './treatments';

/**
 * The template as the emulator takes it. Where the emulator differs from AWS, this is made up for here and not in the product:
 *
 * - the CDK's check of the bootstrap version goes, since nothing is bootstrapped;
 * - conditions get the values of `AWS::Region` and the like, which the emulator does not know inside conditions;
 * - resources of types that the emulator refuses go, and stand-ins replace references to them.
 */
export function translate(template: Template, connection: Connection, stackName: string): Template {
  const { Rules: _rules, Parameters, Conditions, Resources, ...rest } = template;
  const { BootstrapVersion: _version, ...parameters } = Parameters ?? {};
  const leftOut = new Map(Object.entries(Resources).filter(([, { Type }]) => isLeftOut(Type)));
  const kept = Object.entries(Resources).filter(([id]) => !leftOut.has(id));
  const stand = (value: unknown) => reference(value, leftOut, connection, stackName);
  return {
    ...(rewrite(rest, stand) as object),
    ...(Object.keys(parameters).length > 0 ? { Parameters: parameters } : {}),
    ...(Conditions ? { Conditions: rewrite(Conditions, value => pseudoParameter(value, connection)) as Template['Conditions'] } : {}),
    Resources: Object.fromEntries(kept.map(([id, resource]) =>
      [id, withoutDependencies(rewrite(resource, stand) as TemplateResource, leftOut)])),
  };
}

/** The value of `{ Ref: 'AWS::Region' }` and the like; undefined for everything else. */
export function pseudoParameter(value: unknown, { region, account }: Connection): string | undefined {
  const call = intrinsic(value);
  if (call?.name !== 'Ref') {
    return undefined;
  }
  const values: Readonly<Record<string, string>> = {
    'AWS::AccountId': account, 'AWS::Partition': 'aws', 'AWS::Region': region, 'AWS::URLSuffix': 'amazonaws.com',
  };
  return values[String(call.argument)];
}

function reference(
  value: unknown, leftOut: ReadonlyMap<string, TemplateResource>, { region, account }: Connection, stackName: string,
): string | undefined {
  const call = intrinsic(value);
  const [id, attribute] = call?.name === 'Ref' ? [call.argument, 'Ref'] : call?.name === 'Fn::GetAtt' ? getAtt(call.argument) : [];
  const resource = leftOut.get(String(id));
  return resource && standIn(resource.Type, attribute!, { region, account, name: `${stackName}-${String(id)}` });
}

/** Both spellings: `[id, attribute]` and `'id.attribute'`. */
export function getAtt(argument: unknown): [string, string] | [] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  return Array.isArray(argument) ? [String(argument[0]), String(argument[1])] : [];
}

function withoutDependencies(resource: TemplateResource, leftOut: ReadonlyMap<string, unknown>): TemplateResource {
  if (!isRecord(resource) || resource.DependsOn === undefined) {
    return resource;
  }
  const needed = [resource.DependsOn].flat().filter(id => !leftOut.has(id));
  const { DependsOn: _old, ...rest } = resource;
  return needed.length > 0 ? { ...rest, DependsOn: needed } : rest;
}
