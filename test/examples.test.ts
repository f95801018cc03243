import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const EXAMPLES = path.join(__dirname, '..', 'examples');

function apps(folder = EXAMPLES): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    return entry.isDirectory() ? apps(name) : entry.name === 'app.ts' ? [name] : [];
  });
}

/** Runs an app as the CDK command line does: with the folder of its assembly in the environment. */
function synthesize(file: string): { readonly stacks: string[]; readonly template: (stack: string) => any } {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'example-'));
  const ends: (() => void)[] = [];
  const once = jest.spyOn(process, 'once').mockImplementation(((event: string, listener: () => void) => {
    if (event === 'beforeExit') {
      ends.push(listener);
    }
    return process;
  }) as any);
  process.env.CDK_OUTDIR = outdir;
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:disable-asset-staging': true, 'aws:cdk:bundling-stacks': [] });
  try {
    jest.isolateModules(() => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      require(file);
    });
    ends.forEach((end) => end());
    const files = fs.readdirSync(outdir).filter((name) => name.endsWith('.template.json'));
    const templates = new Map(files.map((name) => [name.replace('.template.json', ''), JSON.parse(fs.readFileSync(path.join(outdir, name), 'utf8'))]));
    return { stacks: [...templates.keys()], template: (stack) => templates.get(stack) };
  } finally {
    once.mockRestore();
    delete process.env.CDK_OUTDIR;
    delete process.env.CDK_CONTEXT_JSON;
    fs.rmSync(outdir, { recursive: true });
  }
}

test.each(apps().map((file) => [path.relative(EXAMPLES, path.dirname(file)), file]))('the example %s can be deployed', (_, file) => {
  const { stacks, template } = synthesize(file);
  expect(stacks).toHaveLength(1);
  const resources = Object.values<{ Type: string }>(template(stacks[0]).Resources);
  expect(resources.filter(({ Type }) => Type === 'Custom::StreamingLabelingDeployment')).toHaveLength(1);
});

test('there is an example of each task type', () => {
  const code = apps().map((file) => fs.readFileSync(file, 'utf8')).join('\n');
  ['imageClassification', 'multiLabelClassification', 'boundingBox', 'semanticSegmentation', 'adjustBoundingBox'].forEach((task) => {
    expect(code).toContain(`LabelingTask.${task}(`);
  });
});
