import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import * as ts from 'typescript';

/** A place of the source tree, and what its files may import. The first rule whose `files` match a file holds for it. */
interface Rule {
  readonly place: string;
  readonly files: RegExp;
  /** Files of src/ that may be imported. */
  readonly own: RegExp;
  /** Files of src/ of which only types may be imported. */
  readonly ownTypes?: RegExp;
  /** Packages and node: modules that may be imported. */
  readonly packages: RegExp;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const NONE = /^(?!)/;
const ANY_BUT_CDK = /^(?!aws-cdk-lib|constructs$|constructs\/)/;
/** What the lint parses with. Pure: none of them reads a file here. */
const PARSERS = /^(liquidjs|markdown-it|parse5)$/;
const SYNTH_PACKAGES = /^(aws-cdk-lib(\/.*)?|constructs|node:.*|fs|os|path|crypto|url)$/;

const RULES: readonly Rule[] = [
  { place: 'contract', files: /^contract\//, own: /^contract\//, packages: NONE },
  // users bundle it into functions of their own: the SDK is all that is there
  { place: 'hook helper', files: /^hook\//, own: /^(hook|contract)\//, packages: /^@aws-sdk\/client-s3$/ },
  { place: 'lint', files: /^lint\//, own: /^(lint|contract)\//, packages: PARSERS },
  { place: 'runtime core', files: /^runtime\/core\//, own: /^(runtime\/core|contract)\//, packages: NONE },
  { place: 'runtime', files: /^runtime\//, own: /^(runtime|lint|contract)\//, packages: ANY_BUT_CDK },
  { place: 'simulator', files: /^local\/simulator\//, own: /^local\//, packages: ANY_BUT_CDK },
  // in a browser, and in the worker page of whoever serves it: neither Node's modules nor anything of ours
  { place: 'crowd elements', files: /^local\/crowd\//, own: /^local\/crowd\//, packages: /^@annotorious\/annotorious(\/.*\.css)?$/ },
  {
    place: 'page of the preview', files: /^local\/preview\/page\//, own: /^(local\/preview\/(shortened|state)\.ts$|contract\/)/, ownTypes: /^local\/crowd\//,
    packages: NONE,
  },
  {
    place: 'pages', files: /^local\/pages\//, own: /^local\/pages\//, ownTypes: /^local\/(crowd|portal|console)\//, packages: /^preact(\/hooks)?$/,
  },
  { place: 'local', files: /^local\//, own: /^(local|runtime|lint|contract)\//, packages: ANY_BUT_CDK },
  { place: 'command line', files: /^cli\//, own: /^(cli|local|runtime|lint|contract)\//, packages: ANY_BUT_CDK },
  { place: 'parts', files: /^parts\//, own: /^(parts|contract)\//, ownTypes: /^[^/]+\.ts$/, packages: SYNTH_PACKAGES },
  { place: 'public constructs', files: /^[^/]+\.ts$/, own: /^([^/]+\.ts$|(parts|contract)\/)/, packages: SYNTH_PACKAGES },
];

/** What must not be reached from here over any number of imports: the simulator must not share the mistakes of the code it tests. */
const NEVER_REACHED = { from: /^local\/simulator\//, to: /^(?!local\/)/ };

/** The rooms of the runtime: each may import those above it in this list, and itself. */
const RUNTIME_ROOMS: readonly RegExp[] = [
  /^core\//, /^(errors|ports)(\.ts)?$/, /^(table-rules|retry-later)(\.ts)?$/, /^ledger\//, /^world(\.ts)?$/, /^(aws|memory)\//,
  /^(alerts|configuration)(\.ts)?$/, /^images\//, /^instructions\//, /^intake\//, /^(recorder|registrar)\//, /^controller\//,
  /^deployment\//,
];

/** Only these put the runtime together with AWS: all other code knows ports. */
const COMPOSITIONS = /\.lambda\.ts$|^runtime\/(aws\/|intake\/engines\.ts$)/;

const SRC = join(__dirname, '..', 'src');

function importsOf(text: string): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      found.push({ specifier: node.moduleSpecifier.text, typeOnly });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly });
    } else if (ts.isExternalModuleReference(node) && ts.isStringLiteral(node.expression)) {
      found.push({ specifier: node.expression.text, typeOnly: false });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      found.push({ specifier: node.argument.literal.text, typeOnly: true });
    } else if (ts.isCallExpression(node) && node.arguments.length > 0 && ts.isStringLiteralLike(node.arguments[0])) {
      const dynamic = node.expression.kind === ts.SyntaxKind.ImportKeyword;
      const required = /^require(\.resolve)?$/.test(node.expression.getText());
      if (dynamic || required) found.push({ specifier: node.arguments[0].text, typeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true));
  return found;
}

/** All sources below `root`, as relative paths with slashes -> what they import. */
function readTree(root: string): Map<string, Import[]> {
  const files = readdirSync(root, { recursive: true }).map((file) => String(file).replaceAll('\\', '/'));
  return new Map(files.filter((file) => file.endsWith('.ts')).sort()
    .map((file) => [file, importsOf(readFileSync(join(root, file), 'utf8'))]));
}

/** The file that a relative specifier names: a path relative to the root, `../...` when it is outside. */
function resolve(tree: Map<string, Import[]>, file: string, specifier: string): string {
  const path = posix.join(posix.dirname(file), specifier);
  const candidates = [`${path}.ts`, posix.join(path, 'index.ts'), path.replace(/\.js$/, '.ts')];
  return candidates.find((candidate) => tree.has(candidate)) ?? path;
}

/** What is wrong with an import from one room of the runtime to another. */
function wrongInRuntime(file: string, target: string): string[] {
  const [from, to] = [file, target].map((path) => path.startsWith('runtime/') ? path.slice('runtime/'.length) : undefined);
  if (from === undefined || to === undefined) return [];
  const [low, high] = [from, to].map((path) => RUNTIME_ROOMS.findIndex((room) => room.test(path)));
  if (low === -1) return [`${file} is in no known room of the runtime`];
  if (/^aws\//.test(to) && !COMPOSITIONS.test(file)) return [`${file} must not import ${target}: ask a port`];
  return high > low ? [`${file} must not import ${target}: its room comes later`] : [];
}

function violations(root: string): string[] {
  const tree = readTree(root);
  const found: string[] = [];
  const targets = new Map<string, string[]>();

  for (const [file, imports] of tree) {
    const rule = RULES.find(({ files }) => files.test(file));
    if (!rule) {
      found.push(`${file} is in no known place`);
      continue;
    }
    const own: string[] = [];
    for (const { specifier, typeOnly } of imports) {
      if (!specifier.startsWith('.')) {
        if (!rule.packages.test(specifier)) found.push(`${file} (${rule.place}) must not import the package ${specifier}`);
        continue;
      }
      const target = resolve(tree, file, specifier);
      own.push(target);
      if (rule.own.test(target)) {
        found.push(...wrongInRuntime(file, target));
        continue;
      }
      if (!rule.ownTypes?.test(target)) found.push(`${file} (${rule.place}) must not import ${target}`);
      else if (!typeOnly) found.push(`${file} (${rule.place}) may import only types of ${target}: write "import type"`);
    }
    targets.set(file, own);
  }

  for (const start of [...tree.keys()].filter((file) => NEVER_REACHED.from.test(file))) {
    const reached = new Set([start]);
    for (const file of reached) targets.get(file)?.forEach((target) => reached.add(target));
    const wrong = [...reached].find((file) => NEVER_REACHED.to.test(file));
    if (wrong) found.push(`${start} must not reach ${wrong}`);
  }
  return found;
}

test('the sources import only downward', () => {
  expect(readTree(SRC).has('index.ts')).toBe(true);
  expect(violations(SRC)).toEqual([]);
});

describe('an import in the wrong direction is found', () => {
  let root: string;
  beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'architecture-')); });
  afterEach(() => rmSync(root, { recursive: true }));

  function violationsOf(files: Record<string, string>): string[] {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return violations(root);
  }

  test.each([
    ['contract/a.ts', "import { z } from 'zod';"],
    ['contract/a.ts', "import { readFileSync } from 'node:fs';"],
    ['contract/a.ts', "import { x } from '../lint/x';"],
    ['project.ts', "import { x } from './runtime/core/x';"],
    ['project.ts', "export * from './cli/main';"],
    ['project.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['parts/a.ts', "type X = import('../runtime/ports').X;"],
    ['parts/a.ts', "import { X } from '../project';"],
    ['parts/a.ts', "const x = require('../local/runner');"],
    ['runtime/intake/a.ts', "import { Stack } from 'aws-cdk-lib';"],
    ['runtime/intake/a.ts', "import type { Construct } from 'constructs';"],
    ['runtime/intake/a.ts', "import type { Label } from '../../label';"],
    ['runtime/intake/a.ts', "import x = require('../../parts/x');"],
    ['runtime/core/a.ts', "import { createHash } from 'node:crypto';"],
    ['runtime/core/a.ts', "import { x } from '../ports';"],
    ['local/simulator/a.ts', "import { x } from '../../contract/limits';"],
    ['local/crowd/a.ts', "import { readFileSync } from 'node:fs';"],
    ['local/crowd/a.ts', "import { x } from '../preview/x';"],
    ['local/preview/page/a.ts', "import { x } from '../server';"],
    ['local/simulator/a.ts', "const x = await import('../../runtime/core/x');"],
    ['hook/a.ts', "import { x } from '../runtime/core/x';"],
    ['hook/a.ts', "import * as z from 'zod';"],
    ['lint/a.ts', "import { readFileSync } from 'fs';"],
    ['lint/a.ts', "import { build } from 'esbuild';"],
    ['project.ts', "import { lintTemplate } from './lint';"],
    ['parts/a.ts', "import type { LintProblem } from '../lint/x';"],
    ['runtime/ledger/a.ts', "import { w } from '../world';"],
    ['runtime/intake/a.ts', "import { b } from '../controller/b';"],
    ['runtime/intake/a.ts', "import { b } from '../aws/b';"],
    ['runtime/other/a.ts', "import { b } from '../core/b';"],
    ['somewhere/a.ts', ''],
  ])('%s: %s', (file, text) => {
    expect(violationsOf({ [file]: text })).toHaveLength(file.startsWith('local/simulator/') ? 2 : 1);
  });

  test('over a detour', () => {
    expect(violationsOf({
      'local/simulator/a.ts': "import { x } from '../x';",
      'local/x.ts': "import { y } from '../contract/y';",
      'contract/y.ts': '',
    })).toEqual(['local/simulator/a.ts must not reach contract/y.ts']);
  });

  test('and the right directions are accepted', () => {
    expect(violationsOf({
      'project.ts': "import { Stack } from 'aws-cdk-lib';\nimport { a } from './parts/a';",
      'parts/a.ts': "import type { P } from '../project';\nimport { c } from '../contract/c';\nimport { Topic } from 'aws-cdk-lib/aws-sns';",
      'lint/index.ts': "import { parse } from 'parse5';\nimport { c } from '../contract/c';",
      'contract/c.ts': "export * from './d';",
      'contract/d.ts': '',
      'runtime/core/a.ts': "import { c } from '../../contract/c';",
      'runtime/intake/a.lambda.ts': "import sharp from 'sharp';\nimport { a } from '../core/a';",
      'local/simulator/main.ts': "import { createServer } from 'node:http';",
      'cli/main.ts': "import { Command } from 'commander';\nimport { a } from '../runtime/core/a';",
    })).toEqual([]);
  });
});
