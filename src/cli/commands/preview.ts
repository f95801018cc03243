import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { printable } from '../../contract/printable';
import { PageTask } from '../../contract/worker-template';
import { formatProblems } from '../../lint';
import { readImage } from '../../local/preview/image';
import { Preview, PreviewOptions } from '../../local/preview/server';
import { shortened } from '../../local/preview/shortened';
import { inventedInput } from '../../local/preview/worker-page';
import { CliCommand, tell } from '../command';
import { Context } from '../context';
import { CommandError, usageError } from '../errors';
import { assertFolderOrTemplate } from '../instructions-folder';
import { TaskOptions, addTaskOptions, taskOf } from '../page-task';
import { verdict } from '../verdict';

interface Options extends TaskOptions {
  readonly image: string;
  readonly input?: string;
  readonly port?: number;
  readonly standIns?: boolean;
}

/** The worker page of a folder of instructions in a browser, and again at each save. */
export const preview: CliCommand = {
  register(program, context) {
    addTaskOptions(program.command('preview')
      .description('show a folder of instructions, or a template, as workers will see it, at a local address')
      .argument('<path>', 'the folder, such as instructions; or a template'))
      .requiredOption('-i, --image <file>', 'the image to label, JPEG or PNG (required)')
      .option('--input <file>', 'JSON object that is added to task.input, as a function of your own would')
      .option('--port <number>', 'port on this machine (default: a free one)', portOf)
      .option('--stand-ins', 'use the local stand-ins for the crowd elements even where Amazon\'s own can be loaded')
      .action((path: string, options: Options) => run(context, path, options));
  },
};

async function run(context: Context, path: string, options: Options): Promise<void> {
  assertFolderOrTemplate(path);
  assertImage(options.image);
  const [task, input] = [sampleTask(options), inputOf(options.input)];
  const server = await start({
    path, image: options.image, task, input,
    port: options.port, standInsOnly: options.standIns,
    bundles: { standIns: bundle('crowd'), shell: bundle('preview') },
    onPage: problemTeller(context),
    // whole for machines, readable for people
    onAnswer: (json) => context.out.write(`${printable(context.out.isTTY ? JSON.stringify(shortened(JSON.parse(json))) : json)}\n`),
  });
  tell(context, `${path} is shown at ${server.address}`);
  const invented = inventedInput({ task, input });
  if (invented !== undefined) {
    tell(context, invented);
  }
  tell(context, 'Answers appear here. Ctrl-C ends.');
  await new Promise<void>((resolve) => context.onInterrupt(resolve));
  await server.close();
}

/** Says what is wrong with a page, and again whenever that is not the same any more. */
function problemTeller(context: Context): NonNullable<PreviewOptions['onPage']> {
  let told: string | undefined;
  return ({ problems }) => {
    const text = formatProblems(problems).map((line) => `${line}\n`).join('');
    if (told !== undefined && text !== told) {
      // or nobody would know of the same line, seen again, of which save it is
      tell(context, `${new Date().toTimeString().slice(0, 8)} ${verdict(problems)}${text === '' ? ' any more' : ''}`);
    }
    if (text !== told) {
      context.err.write(text);
    }
    told = text;
  };
}

async function start(options: PreviewOptions): Promise<Preview> {
  try {
    return await Preview.start(options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandError(
      code === 'EADDRINUSE' ? `port ${options.port} is in use` : `nothing can be served: ${message}`, 'Choose another with --port, or leave it out.');
  }
}

/** A verification judges labels of other classes than its own; any name will do. */
function sampleTask(options: Options): PageTask {
  const task = taskOf(options);
  return task.earlierLabels?.length === 0 ? { ...task, earlierLabels: ['object'] } : task;
}

function assertImage(image: string): void {
  if (!existsSync(image)) {
    throw usageError(`there is no image ${image}`);
  }
  if (!statSync(image).isFile()) {
    throw usageError(`${image} is no image that workers could label: it is no file`);
  }
  const read = readImage(image);
  if (!read.ok) {
    throw usageError(`${image} is no image that workers could label: ${read.detail}`);
  }
}

function inputOf(file: string | undefined): { readonly [name: string]: unknown } | undefined {
  if (file === undefined) {
    return undefined;
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw usageError(`--input ${file} cannot be read: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw usageError(`--input ${file} must hold a JSON object`);
  }
  return value as { readonly [name: string]: unknown };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 65535.');
  }
  return port;
}

/** A bundle for the browser, which lies in the package wherever this code does. */
function bundle(name: string): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'assets', name, 'index.js');
    if (existsSync(file)) {
      return file;
    }
  }
  throw new CommandError(`assets/${name}/index.js is missing`, 'Install the package again; in its sources: npx projen bundle.');
}
