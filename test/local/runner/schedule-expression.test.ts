import * as fc from 'fast-check';
import { parseSchedule } from '../../../src/local/runner/schedule-expression';

const at = (text: string) => Date.parse(`${text}Z`);
const next = (expression: string, after: string) =>
  new Date(parseSchedule(expression).next(at(after), at(after))).toISOString().slice(0, 16);

describe('schedule expressions', () => {
  test.each([
    ['cron(* * * * ? *)', '2026-03-01T10:00:30', '2026-03-01T10:01'],
    ['cron(15 3 * * ? *)', '2026-03-01T03:15:00', '2026-03-02T03:15'],
    ['cron(0/20 9-10 ? * MON-FRI *)', '2026-03-06T10:40:00', '2026-03-09T09:00'],
    ['cron(0 0 29 FEB ? *)', '2026-03-01T00:00:00', '2028-02-29T00:00'],
    ['cron(30 12 1,15 * ? 2026)', '2026-03-02T00:00:00', '2026-03-15T12:30'],
  ])('%s after %s is due at %s', (expression, after, due) => {
    expect(next(expression, after)).toBe(due);
  });

  test('a rate is counted from its start', () => {
    const schedule = parseSchedule('rate(5 minutes)');
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 0, max: 1e9 }), (start, passed) => {
      const due = schedule.next(start + passed, start);
      expect((due - start) % 300_000).toBe(0);
      expect(due - start - passed).toBeGreaterThan(0);
      expect(due - start - passed).toBeLessThanOrEqual(300_000);
    }));
  });

  test.each([
    'at(2026-01-01T00:00:00)', 'rate(1 week)', 'cron(* * * * *)', 'cron(61 * * * ? *)', 'cron(0 0 L * ? *)',
  ])('%s is refused', expression => {
    expect(() => parseSchedule(expression)).toThrow(/schedule .*the local run/);
  });
});
