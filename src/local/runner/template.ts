/** A CloudFormation template, as far as the runner reads it. */
export interface Template {
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly [section: string]: unknown;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly [attribute: string]: unknown;
}

/** What was made of a resource. */
export interface DeployedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** As in the template. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The function and the argument of `{ "Fn::Sub": ... }` and the like; undefined for everything else. */
export function intrinsic(value: unknown): { readonly name: string; readonly argument: unknown } | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? ['', undefined];
  return entries.length === 1 && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::')) ? { name, argument } : undefined;
}

/** A copy of a JSON value in which `change` replaced values; where it returns undefined, it is asked about what is inside. */
export function rewrite(value: unknown, change: (value: unknown) => unknown): unknown {
  const changed = change(value);
  if (changed !== undefined) {
    return changed;
  }
  if (Array.isArray(value)) {
    return value.map(item => rewrite(item, change));
  }
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item, change)])) : value;
}
