import { AttributeValue } from '@aws-sdk/client-dynamodb';
import { NativeAttributeValue, marshall } from '@aws-sdk/util-dynamodb';
import { Condition, Value, Write } from '../ports';

type Marshalled = Record<string, AttributeValue>;

/** Plain values as DynamoDB takes them; `undefined` members are left out. */
export function toAttributes(value: { readonly [name: string]: Value | undefined }): Marshalled {
  return marshall(value as Record<string, NativeAttributeValue>, { removeUndefinedValues: true });
}

export interface Expressions {
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Marshalled;
}

/** Collects placeholders: attribute names may be reserved words or hold any character. */
class Placeholders {
  private readonly names = new Map<string, string>();
  private readonly values: { [placeholder: string]: Value } = {};

  public name(attribute: string): string {
    const placeholder = this.names.get(attribute) ?? `#n${this.names.size}`;
    this.names.set(attribute, placeholder);
    return placeholder;
  }

  public value(value: Value): string {
    const placeholder = `:v${Object.keys(this.values).length}`;
    this.values[placeholder] = value;
    return placeholder;
  }

  /** DynamoDB refuses empty maps. */
  public attributes(): Pick<Expressions, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> {
    const names = Object.fromEntries([...this.names].map(([name, placeholder]) => [placeholder, name]));
    return {
      ...(this.names.size > 0 ? { ExpressionAttributeNames: names } : {}),
      ...(Object.keys(this.values).length > 0 ? { ExpressionAttributeValues: toAttributes(this.values) } : {}),
    };
  }
}

function conditionExpression(conditions: readonly Condition[], placeholders: Placeholders): string {
  return conditions.map((condition) => {
    const name = placeholders.name(condition.attribute);
    switch (condition.is) {
      case 'present': return `attribute_exists(${name})`;
      case 'absent': return `attribute_not_exists(${name})`;
      default: return `${name} ${condition.is} ${placeholders.value(condition.value)}`;
    }
  }).join(' AND ');
}

function updateExpression(write: Extract<Write, { update: unknown }>, placeholders: Placeholders): string {
  const set = Object.entries(write.set ?? {})
    .flatMap(([name, value]) => value === undefined ? [] : [`${placeholders.name(name)} = ${placeholders.value(value)}`]);
  const add = Object.entries(write.add ?? {}).map(([name, value]) => `${placeholders.name(name)} ${placeholders.value(value)}`);
  const remove = (write.remove ?? []).map((name) => placeholders.name(name));
  return [['SET', set], ['ADD', add], ['REMOVE', remove]]
    .filter(([, clauses]) => clauses.length > 0)
    .map(([word, clauses]) => `${word as string} ${(clauses as string[]).join(', ')}`)
    .join(' ');
}

/** The expressions of one write. */
export function expressionsOf(write: Write): Expressions {
  const placeholders = new Placeholders();
  return {
    ...('update' in write ? { UpdateExpression: updateExpression(write, placeholders) } : {}),
    ...(write.when !== undefined && write.when.length > 0 ? { ConditionExpression: conditionExpression(write.when, placeholders) } : {}),
    ...placeholders.attributes(),
  };
}
