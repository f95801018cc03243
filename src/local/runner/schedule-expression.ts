const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const FIELDS = ['minute', 'hour', 'day of the month', 'month', 'day of the week', 'year'] as const;
const NAMES: Readonly<Record<number, readonly string[]>> = {
  3: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  4: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};
const FIRST_NAME = 1;
const LIMITS: readonly (readonly [number, number])[] = [[0, 59], [0, 23], [1, 31], [1, 12], [1, 7], [1970, 2199]];

/** When a schedule is due. Times in milliseconds. */
export interface Schedule {
  /** The first time after `after` at which it is due; for a rate, counted from `start`. */
  next(after: number, start: number): number;
}

/**
 * Reads an expression of EventBridge Scheduler: `rate(5 minutes)`, or `cron(...)` with numbers, names, lists, ranges, steps,
 * `*` and `?`, in UTC.
 *
 * @throws Error for everything else.
 */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const period = Number(rate[1]) * UNITS[rate[2]];
    return { next: (after, start) => start + (Math.floor((after - start) / period) + 1) * period };
  }
  const cron = /^cron\((.+)\)$/.exec(expression);
  const parts = cron?.[1].trim().split(/\s+/);
  if (parts?.length !== FIELDS.length) {
    throw new Error(`schedule ${expression}: the local run knows rate(<n> minutes|hours|days) and cron with 6 fields`);
  }
  const fields = parts.map((part, index) => parseField(part, index, expression));
  return { next: after => nextMinute(after, fields, expression) };
}

type Field = (value: number) => boolean;

function parseField(text: string, index: number, expression: string): Field {
  const [least, most] = LIMITS[index];
  const ranges = text.split(',').map(item => {
    const [range, step] = item.split('/');
    const [from, to] = range === '*' || range === '?' ? [least, most] : range.split('-').map(part => number(part, index));
    const last = to ?? (step === undefined ? from : most);
    const every = Number(step ?? 1);
    if (![from, last, every].every(Number.isInteger) || from < least || last > most || every < 1) {
      throw new Error(`schedule ${expression}: the local run does not understand the ${FIELDS[index]} '${text}'`);
    }
    return { from, last, every };
  });
  return value => ranges.some(({ from, last, every }) => value >= from && value <= last && (value - from) % every === 0);
}

function number(text: string, index: number): number {
  const name = NAMES[index]?.indexOf(text.toUpperCase()) ?? -1;
  return name >= 0 ? name + FIRST_NAME : Number(text);
}

/** Four years and a bit: every date that there is comes within them, but not every year of an expression. */
const SEARCH_DAYS = 1500;

function nextMinute(after: number, [minute, hour, date, month, weekday, year]: readonly Field[], expression: string): number {
  const isDay = (day: Date) => year(day.getUTCFullYear()) && month(day.getUTCMonth() + 1)
    && date(day.getUTCDate()) && weekday(day.getUTCDay() + 1);
  const first = Math.floor(after / UNITS.minute) * UNITS.minute + UNITS.minute;
  const midnight = Math.floor(first / UNITS.day) * UNITS.day;
  for (let day = 0; day < SEARCH_DAYS; day++) {
    const start = midnight + day * UNITS.day;
    for (let time = Math.max(start, first); isDay(new Date(start)) && time < start + UNITS.day; time += UNITS.minute) {
      if (hour(new Date(time).getUTCHours()) && minute(new Date(time).getUTCMinutes())) {
        return time;
      }
    }
  }
  throw new Error(`schedule ${expression} is never due within ${SEARCH_DAYS} days`);
}
