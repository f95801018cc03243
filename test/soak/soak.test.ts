import { randomInt } from 'node:crypto';
import { runHistories } from './histories';
import { brokenWords } from './report';

/** Short histories: 16 to 30 steps. About 80 s of one processor in all. */
const AS_BEFORE = 300;
const NEW = 700;

/** These are new each time: what breaks says which they were. */
const NEW_SEED = randomInt(2 ** 31);

test.each([['the same as ever', 1, AS_BEFORE], ['never told before', NEW_SEED, NEW]])('random histories, %s', async (_, seed, histories) => {
  const { counted, broken } = await runHistories({ histories, seed, short: true, fast: true });
  const words = broken.flatMap((history) => brokenWords(history, { seed, path: history.path, short: true }));
  if (words.length > 0) {
    throw new Error(words.join('\n'));
  }
  expect(counted.histories).toBe(histories);
}, 600_000);
