import { Statement } from './project-fixture';

/** What is asked of IAM: the condition keys that the caller's request carries. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: { readonly [key: string]: string };
}

/**
 * A small part of IAM's evaluation: identity statements with actions, resources and the string operators that this project uses.
 * An operator that it does not know fails the test.
 */
export function allows(statements: readonly Statement[], request: Request): boolean {
  const wanted = request.action.toLowerCase();
  const applies = statements.filter((statement) => statement.Action.some((action) => like(action.toLowerCase(), wanted))
    && statement.Resource.some((resource) => like(resource, request.resource))
    && conditionHolds(statement.Condition ?? {}, request.context ?? {}));
  return applies.some(({ Effect }) => Effect === 'Allow') && !applies.some(({ Effect }) => Effect === 'Deny');
}

function conditionHolds(condition: NonNullable<Statement['Condition']>, context: NonNullable<Request['context']>): boolean {
  return Object.entries(condition).every(([operator, tests]) => Object.entries(tests).every(([key, wanted]) => {
    const value = context[key];
    const values = [wanted].flat();
    switch (operator) {
      case 'StringEquals': return value !== undefined && values.includes(value);
      case 'StringLike': return value !== undefined && values.some((each) => like(each, value));
      default: throw new Error(`the evaluator does not know ${operator}`);
    }
  }));
}

function like(pattern: string, text: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
