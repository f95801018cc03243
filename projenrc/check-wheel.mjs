// Installs the wheel and nothing else in an empty Python environment and synthesizes the same app as the npm check. Both
// templates must be the same: then what is tested in TypeScript holds in Python.
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  APPS, APP_ENVIRONMENT, NEWEST_CDK, NPM_TEMPLATE, builtPackage, comparableTemplate, fail, run, temporaryFolder,
} from './packaging.mjs';

const wheel = builtPackage('python', '.whl');
if (!existsSync(NPM_TEMPLATE)) fail(`${NPM_TEMPLATE} is missing: run "npx projen check:tarball" first`);

const work = temporaryFolder();
const bin = join(work, 'venv', process.platform === 'win32' ? 'Scripts' : 'bin');
run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', join(work, 'venv')]);
run(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', wheel, `aws-cdk-lib==${NEWEST_CDK.python}`]);

cpSync(join(APPS, 'app.py'), join(work, 'app.py'));
// jsii unpacks packages into a cache of the user; a cache of its own shows that the wheel alone is enough
const env = { ...APP_ENVIRONMENT, JSII_RUNTIME_PACKAGE_CACHE: 'disabled' };
run(join(bin, 'python'), ['app.py', 'cdk.out'], { cwd: work, env });

const template = comparableTemplate(join(work, 'cdk.out'));
const expected = readFileSync(NPM_TEMPLATE, 'utf8');
if (template !== expected) {
  const actual = join(NPM_TEMPLATE, '..', 'python.template.json');
  writeFileSync(actual, template);
  const line = template.split('\n').findIndex((text, index) => text !== expected.split('\n')[index]);
  fail(`the Python app gives another template, from line ${line + 1} on:
  npm, aws-cdk-lib ${NEWEST_CDK.npm}:    ${expected.split('\n')[line]?.trim()}
  Python, aws-cdk-lib ${NEWEST_CDK.python}: ${template.split('\n')[line]?.trim()}
compare ${NPM_TEMPLATE} with ${actual}`);
}
console.log(`the Python app gives the template of the npm app (aws-cdk-lib ${NEWEST_CDK.python})`);
