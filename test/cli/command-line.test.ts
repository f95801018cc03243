import { Ran, cli } from '../support/cli';

const run = (...argv: string[]): Promise<Ran> => cli(undefined, { ask: () => Promise.reject(new Error('no project is needed')) }, ...argv);

const NAME = 'cdk-streaming-labeling';

test.each<[string[], string, string]>([
  [['lint', 'x', '--tsk', 'y'], "error: unknown option '--tsk'\n(Did you mean --task?)", `${NAME} lint --help`],
  [['lnit'], "error: unknown command 'lnit'\n(Did you mean lint?)", `${NAME} --help`],
  [['backfill', 'pln'], "error: unknown command 'pln'\n(Did you mean plan?)", `${NAME} backfill --help`],
  [['backfill', 'plan', '--sorce', 'x'], "error: unknown option '--sorce'\n(Did you mean --source?)", `${NAME} backfill plan --help`],
  [['preview', 'x'], "error: required option '-i, --image <file>' not specified", `${NAME} preview --help`],
  [['lint'], "error: missing required argument 'folder'", `${NAME} lint --help`],
  [['lint', '.', '--task-file', __filename], `error: --task-file ${__filename}`, `${NAME} lint --help`],
  [['help', 'nosuch'], "error: unknown command 'nosuch'", `${NAME} --help`],
  [['help', 'lnit'], "error: unknown command 'lnit'\n(Did you mean lint?)", `${NAME} --help`],
  [['help', 'backfill', 'strat'], "error: unknown command 'strat'\n(Did you mean start?)", `${NAME} backfill --help`],
])('after the mistake in %j one is told what may have been meant, and whose help to read', async (argv, said, help) => {
  const { code, out, err } = await run(...argv);
  expect([code, out]).toEqual([2, '']);
  expect(err.startsWith(said.slice(0, 60))).toBe(true);
  expect(err).toContain(said.includes('\n') ? said : '');
  expect(err.endsWith(`\nnext:  ${help}\n`)).toBe(true);
  expect(err.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('help names a command, of a group too, and says all that is required', async () => {
  expect((await run('help')).out).toContain(`Usage: ${NAME} [options] [command]`);
  expect(await run('help', 'backfill', 'plan')).toMatchObject({ code: 0, err: '', out: expect.stringContaining(`Usage: ${NAME} backfill plan [options]`) });
  const { code, out } = await run('help', 'preview');
  expect(code).toBe(0);
  expect(out.replace(/\s+/g, ' ')).toMatch(/--image <file> the image to label, JPEG or PNG \(required\)/);
  expect(out.replace(/\s+/g, ' ')).toMatch(/--task <task> what workers do \(required\)/);
});
