import { IResource, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** Something that only one project of an app may have. */
export interface Claim {
  /** Two claims meet that have the same key, and prefixes of which one contains the other. */
  readonly key: string;
  /** Default: all. */
  readonly prefix?: string;
  /** What the user is told when they meet. */
  readonly problem: string;
}

type Taken = Pick<Claim, 'key' | 'prefix'> & { readonly path: string };

const CLAIMS = Symbol.for('cdk-streaming-labeling.claims');

/** One key for the same resource, whichever way it came into the app. */
export function resourceKey(resource: IResource, id: string): string {
  const stack = Stack.of(resource);
  return Token.isUnresolved(id) ? `${stack.node.addr} ${JSON.stringify(stack.resolve(id))}` : id;
}

/** Claims things for a project. Answers with a problem for each that another project of the app has. */
export function claim(scope: IConstruct, claims: readonly Claim[]): string[] {
  const app = scope.node.root as unknown as { [CLAIMS]?: Taken[] };
  const taken = app[CLAIMS] ??= [];
  const problems = claims.flatMap((wanted) => taken.filter((each) => meet(each, wanted))
    .map(({ path }) => `${wanted.problem} (the other project is '${path}')`));
  taken.push(...(problems.length > 0 ? [] : claims).map(({ key, prefix }) => ({ key, prefix, path: scope.node.path })));
  return problems;
}

/** A name for a message. */
export function shown(value: string): string {
  return Token.isUnresolved(value) ? '(known at deploy time)' : value;
}

function meet(a: Pick<Claim, 'key' | 'prefix'>, b: Pick<Claim, 'key' | 'prefix'>): boolean {
  const [first, second] = [a.prefix ?? '', b.prefix ?? ''];
  return a.key === b.key && (first.startsWith(second) || second.startsWith(first));
}
