import { JsonFile, awscdk, javascript } from 'projen';

const AWS_SDK = '^3.1142.0';
const POWERTOOLS = '~2.35.0'; // all the same, or the bundles hold their common part twice
const AWS_CLIENTS = [
  'client-cloudformation',
  'client-dynamodb',
  'client-eventbridge',
  'client-lambda',
  'client-s3',
  'client-sagemaker',
  'client-scheduler',
  'client-sns',
  'client-sqs',
  'lib-storage',
  's3-request-presigner',
];

/** What runs as a bundle, in Lambda or on somebody's machine: type-checked by tsc, bundled by esbuild, never part of the jsii assembly. */
const BUNDLED_SOURCES = ['src/runtime/**', 'src/local/**', 'src/cli/**', 'src/lint/**'];

/** Everything that is type-checked and linted, the bundled sources included. */
const DEV_SOURCES = ['src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts', 'projenrc/**/*.ts', '.projenrc.ts'];

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-streaming-labeling',
  description: 'A growing, trainable, labeled data set from a bucket of images: streaming SageMaker Ground Truth labeling jobs, run for you',
  author: 'cdk-streaming-labeling contributors',
  authorAddress: 'cdk-streaming-labeling@users.noreply.github.com',
  repositoryUrl: 'https://github.com/cdk-streaming-labeling/cdk-streaming-labeling.git',
  license: 'Apache-2.0',
  keywords: ['aws', 'cdk', 'sagemaker', 'ground-truth', 'labeling', 'machine-learning', 'data-set'],
  stability: 'experimental',
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  projenVersion: '~0.103.25',
  packageManager: javascript.NodePackageManager.NPM,
  github: false,
  depsUpgrade: false,
  release: false,
  minNodeVersion: '20.16.0',

  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.3',
  cdkVersion: '2.258.1',
  constructsVersion: '10.5.1',
  excludeTypescript: BUNDLED_SOURCES,
  // projen would write a construct beside every *.lambda.ts; projenrc/bundle.mjs bundles them
  lambdaAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  integrationTestAutoDiscover: false,
  tsconfigDevFile: 'tsconfig.dev.json',
  sampleCode: false,
  // made by projenrc/bundle.mjs; jsii gives the Python package a command of the same name
  bin: { 'cdk-streaming-labeling': 'assets/cli/index.js' },
  autoDetectBin: false,
  publishToPypi: { distName: 'cdk-streaming-labeling', module: 'cdk_streaming_labeling' },

  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    jestConfig: {
      maxWorkers: 2,
      // coverage is measured by the full run alone (projenrc/jest-full.mjs), so that one test file runs fast
      collectCoverage: false,
      collectCoverageFrom: ['src/**/*.ts'],
      moduleNameMapper: { '^cdk-streaming-labeling$': '<rootDir>/src', '^cdk-streaming-labeling/lib/(.*)$': '<rootDir>/src/$1' },
      modulePathIgnorePatterns: ['<rootDir>/(dist|\\.cache)/'],
    },
  },
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'examples', 'projenrc', '.projenrc.ts'],
    commandOptions: { fix: false, extraArgs: ['--max-warnings=0'] },
  },
  devDeps: [
    ...AWS_CLIENTS.map((client) => `@aws-sdk/${client}@${AWS_SDK}`),
    '@aws-sdk/client-codepipeline@^3.1138.0', // released less often than the others
    '@aws-sdk/util-dynamodb@^3.996.0',
    ...['batch', 'logger', 'metrics'].map((tool) => `@aws-lambda-powertools/${tool}@${POWERTOOLS}`),
    '@annotorious/annotorious@^3.8.10',
    '@stryker-mutator/core@^9.6.0',
    '@stryker-mutator/jest-runner@^9.6.0',
    '@types/aws-lambda@^8',
    '@types/markdown-it@^14',
    '@types/node@^20',
    'aws-cdk@2.1148.1',
    'aws-sdk-client-mock@^4.1.0',
    'axe-core@^4.11.0',
    'cdk-nag@^3.0.2',
    'commander@^14',
    'csv-parse@^7.0.3',
    'esbuild@^0.28.2',
    'fast-check@^4',
    'fflate@^0.8.3',
    'jsii-rosetta@~6.0.0',
    'liquidjs@^10.30.1',
    'markdown-it@^14.1.0',
    'parse5@^7.3.0',
    'playwright-core@^1.65.1',
    'preact@^10.29.0',
    'sharp@0.35.5',
    'zod@^4',
  ],
});

// npm leaves the non-Linux bindings of later versions out of the lock file, and `npm ci` then refuses it
project.package.addField('overrides', { 'unrs-resolver': '1.12.2' });

project.package.addField('jest', { ...project.jest!.config, testMatch: ['<rootDir>/test/**/*.test.ts'] });

// ---- what runs in a browser has the browser's types, and nobody else has them
const BROWSER_SOURCES = ['src/local/crowd/**/*.ts', 'src/local/preview/page/**/*.ts', 'src/local/pages/**/*.ts'];
new JsonFile(project, 'tsconfig.browser.json', {
  obj: {
    extends: './tsconfig.json',
    compilerOptions: {
      noEmit: true, rootDir: '.', isolatedModules: true, module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom', 'dom.iterable'], types: [],
    },
    include: BROWSER_SOURCES,
    exclude: ['node_modules'],
  },
});

// ---- one type check and one lint for everything that jsii compiles or does not compile
const tsconfigDev = project.tryFindObjectFile('tsconfig.dev.json')!;
tsconfigDev.addOverride('include', DEV_SOURCES);
tsconfigDev.addOverride('exclude', ['node_modules', '**/cdk.out', ...BROWSER_SOURCES]);
tsconfigDev.addOverride('compilerOptions.paths', { 'cdk-streaming-labeling': ['./src'], 'cdk-streaming-labeling/lib/*': ['./src/*'] });

const eslintrc = project.tryFindObjectFile('.eslintrc.json')!;
eslintrc.addDeletionOverride('parserOptions.projectService');
eslintrc.addOverride('parserOptions.project', ['./tsconfig.dev.json', './tsconfig.browser.json']);
eslintrc.addOverride('parserOptions.ecmaVersion', 2022);
eslintrc.addOverride('settings.import/resolver.typescript.project', './tsconfig.dev.json');
project.eslint!.addIgnorePattern('cdk.out');
project.eslint!.allowDevDeps('examples/**');
// its users bundle it into functions, where the SDK is
project.eslint!.allowDevDeps('src/hook/**');
BUNDLED_SOURCES.forEach((sources) => project.eslint!.allowDevDeps(sources));
project.eslint!.addRules({
  'no-bitwise': 'off', // file formats and hashes are made of bits
  '@stylistic/object-property-newline': 'off',
  '@stylistic/array-bracket-newline': 'off',
  '@stylistic/max-len': ['error', {
    code: 140, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true,
  }],
});

// ---- build steps; `npm test` runs the same tasks one by one (projenrc/bootstrap.mjs)
const bundle = project.addTask('bundle', {
  description: 'Bundle the Lambda functions, the command line tool and the local tools into assets/',
  exec: 'node projenrc/bundle.mjs',
});
const sharpLayer = project.addTask('sharp-layer', {
  description: 'Install sharp for Lambda, for both architectures, into assets/',
  exec: 'node projenrc/sharp-layer/build.mjs',
});
project.preCompileTask.spawn(bundle);
project.preCompileTask.spawn(sharpLayer);

const types = project.addTask('types', {
  description: 'Type-check everything, the sources that jsii does not compile included',
  exec: 'tsc --noEmit -p tsconfig.dev.json --incremental --tsBuildInfoFile .cache/types.tsbuildinfo',
});
types.exec('tsc --noEmit -p tsconfig.browser.json');
const rosetta = project.addTask('rosetta', {
  description: 'Compile the examples in README.md and in the docstrings',
  exec: 'jsii-rosetta extract --strict',
});
project.postCompileTask.spawn(types);
project.postCompileTask.spawn(rosetta);

project.addTask('test:full', {
  description: 'Run all tests with coverage and its threshold',
  exec: 'jest --ci --config projenrc/jest-full.mjs',
  receiveArgs: true,
});
project.addTask('check:tarball', {
  description: 'Synthesize an app that has the npm package and nothing else',
  exec: 'node projenrc/check-tarball.mjs',
});
project.addTask('check:wheel', {
  description: 'Synthesize the same app with the Python package; the templates must agree',
  exec: 'node projenrc/check-wheel.mjs',
});

for (const command of ['test', 'demo', 'bench', 'soak']) {
  project.package.setScript(command, `node projenrc/bootstrap.mjs ${command}`);
}
project.package.setScript('mutation', 'stryker run projenrc/stryker.mjs'); // takes about an hour: not in `npm test`

// ---- what is committed, what is published
project.gitignore.exclude('/assets/', '.cache/', 'cdk.out/', 'demo-output/', 'bench-output/', 'browser-output/', '.jsii.tabl.json', '.DS_Store');
project.npmignore!.include('/assets/', '/rosetta/');
project.npmignore!.exclude(
  '/assets/*.lock-hash', '/assets/local/', '/examples/', '/docs/', '/.ci/', '.cache/', 'cdk.out/', 'demo-output/', 'bench-output/', 'browser-output/',
  '.jsii.tabl.json', '.gitignore', 'tsconfig.browser.json',
);
project.gitattributes.addAttributes('*', 'text=auto', 'eol=lf');

project.synth();
