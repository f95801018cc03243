import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { MUTANTS, Mutant } from './mutants';
import { runProgram } from './program';
import { FAULT_KINDS } from './report';

const ROOT = join(__dirname, '../..');

/** The rarest mistake takes more than 300, all others far fewer. */
const HISTORIES = 1_000;

/** The histories with a mistake in them. */
async function bundle({ changes }: Mutant, outfile: string): Promise<void> {
  const changed = new Set<string>();
  await build({
    absWorkingDir: ROOT, entryPoints: ['test/soak/main.ts'], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20',
    mainFields: ['module', 'main'], external: ['sharp'], logLevel: 'error',
    plugins: [{
      name: 'mutant',
      setup: ({ onLoad }) => {
        for (const file of new Set(changes.map(([path]) => path))) {
          onLoad({ filter: new RegExp(`/src/runtime/${file.replace(/[/.]/g, '\\$&')}$`) }, ({ path }) => {
            let contents = readFileSync(path, 'utf8');
            for (const [, from, to] of changes.filter(([changedFile]) => changedFile === file)) {
              if (contents.split(from).length !== 2) {
                throw new Error(`${file} does not hold once: ${from}`);
              }
              contents = contents.replace(from, () => to);
              changed.add(from);
            }
            return { contents, loader: 'ts' };
          });
        }
      },
    }],
  });
  expect(changed.size).toBe(changes.length);
}

test('every kind of fault is described', () => {
  const page = readFileSync(join(ROOT, 'docs/soak.md'), 'utf8');
  expect(FAULT_KINDS.filter((kind) => !page.includes(`\`${kind}\``))).toEqual([]);
});

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('still fits the source: %s', (_, { changes }) => {
  for (const [file, from] of changes) {
    expect(readFileSync(join(ROOT, 'src/runtime', file), 'utf8').split(from)).toHaveLength(2);
  }
});

/** Some minutes: not part of `npm test`. Run it as `npm run soak -- --mutants`. */
const whenOrdered = process.env.SOAK_MUTANTS ? test : test.skip;

whenOrdered.each(MUTANTS.map((mutant, index) => [mutant.name, index, mutant] as const))('the histories notice: %s', async (_, index, mutant) => {
  const program = join(ROOT, '.cache/mutants', `${index}.js`);
  await bundle(mutant, program);
  const { code, output } = await runProgram(program, ['--histories', String(HISTORIES), '--fast', '--processes', '1']);
  const said = output.slice(output.indexOf('VIOLATION')).split('\nCircumstances:')[0];
  expect([code, said]).toEqual([1, expect.stringMatching(mutant.breaks)]);
}, 900_000);
