import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import * as library from '../src';

const ROOT = path.join(__dirname, '..');
const DOCUMENTS = ['README.md', ...fs.readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];

const text = (document: string): string => fs.readFileSync(path.join(ROOT, document), 'utf8');

interface Sample {
  readonly name: string;
  readonly code: string;
}

/** TypeScript samples of a page. Unless it says `nofixture`, one is a piece of a construct, with the library and CDK at hand. */
function samples(document: string): Sample[] {
  return [...text(document).matchAll(/^```ts( nofixture)?\n([^]*?)^```$/gm)].map(([, whole, code], index) => ({
    name: `${document.replace(/[^A-Za-z]+/g, '-')}-${index}.ts`,
    code: whole ? code : `import * as cdk from 'aws-cdk-lib';
import { aws_certificatemanager as acm, aws_cloudfront as cloudfront, aws_iam as iam, aws_kms as kms, aws_lambda as lambda, aws_s3 as s3, Duration, Size, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ${Object.keys(library).join(', ')} } from 'cdk-streaming-labeling';
${code.match(/^declare .*$/gm)?.join('\n') ?? ''}
export class Example extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    ${code.replace(/^declare .*$/gm, '')}
  }
}
`,
  }));
}

/** What the compiler says of samples, all of them in one program. */
function problemsOf(all: readonly Sample[]): string[] {
  const files = new Map(all.map(({ name, code }) => [path.join(ROOT, 'docs-samples', name), code]));
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.dev.json'), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const lenient = { ...options, noUnusedLocals: false, noUnusedParameters: false, skipLibCheck: true };
  const program = ts.createProgram([...files.keys()], lenient, {
    ...host,
    fileExists: (file) => files.has(file) || host.fileExists(file),
    readFile: (file) => files.get(file) ?? host.readFile(file),
    getSourceFile: (file, ...more) =>
      files.has(file) ? ts.createSourceFile(file, files.get(file)!, ts.ScriptTarget.Latest) : host.getSourceFile(file, ...more),
  });
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .map(({ messageText }) => `${path.basename(file)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  });
}

test('every TypeScript sample of the documentation compiles', () => {
  const all = DOCUMENTS.flatMap(samples);
  expect(all.length).toBeGreaterThan(4);
  const wrong = { name: 'wrong.ts', code: "import { Nothing } from 'cdk-streaming-labeling';\nexport const x = Nothing;\n" };
  expect(problemsOf([...all, wrong])).toEqual([expect.stringMatching(/^wrong.ts: .*has no exported member/)]);
}, 120_000);

/** How GitHub names a heading. */
const anchor = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replace(/ /g, '-');

test.each(DOCUMENTS)('%s points to what is there', (document) => {
  const broken = [...text(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].filter(([, target, fragment]) => {
    const file = path.join(ROOT, path.dirname(document), target || path.basename(document));
    if (!fs.existsSync(file)) {
      return true;
    }
    const headings = fragment === undefined ? [] : [...fs.readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading));
    return fragment !== undefined && !headings.includes(fragment);
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});
