import { Asked, FAULT_KINDS, Weather, WeatherOptions } from '../../../../src/local/runner/faults';

const asked = (name: string, asker = 'Intake'): Asked => ({ operation: { service: 'dynamodb', name, protocol: 'json-1.0' }, url: '/', asker });
const storm: WeatherOptions = { seed: 1, spells: [{ length: 1, rate: 1 }], most: Infinity };

function fates(options: WeatherOptions, requests: readonly Asked[]): (string | undefined)[] {
  const weather = new Weather();
  weather.begin(options);
  return requests.map((request) => weather.fate(request)?.kind);
}

const many = (count: number) => Array.from({ length: count }, () => asked('GetItem'));

describe('weather', () => {
  test('the n-th request for an operation of a function meets the same fate, whatever others do meanwhile', () => {
    const alone = fates(storm, many(50));
    const between = fates(storm, many(50).flatMap((request) => [asked('PutItem'), request, asked('GetItem', 'Recorder')]));
    expect(between.filter((_, index) => index % 3 === 1)).toEqual(alone);
    expect(fates({ ...storm, seed: 2 }, many(50))).not.toEqual(alone);
  });

  test('each kind comes, as often as its weight says', () => {
    const all = fates(storm, many(3000));
    const count = (kind: string) => all.filter((one) => one === kind).length;
    FAULT_KINDS.forEach((kind) => expect(count(kind) / 3000).toBeCloseTo(kind.startsWith('kill') ? 1 / 26 : 4 / 26, 1));
    expect(new Set(fates({ ...storm, weights: { reset: 1 } }, many(50)))).toEqual(new Set(['reset']));
  });

  test('spells come one after the other', () => {
    const all = fates({ ...storm, spells: [{ length: 10, rate: 0 }, { length: 5, rate: 1 }] }, many(30));
    expect(all.map((kind) => kind !== undefined)).toEqual([...Array(30).keys()].map((index) => index % 15 >= 10));
  });

  test('chance ends at the limit; rules go on, and end with the calm', () => {
    const weather = new Weather();
    weather.begin({ ...storm, most: 7 });
    expect(many(20).filter((request) => weather.fate(request) !== undefined)).toHaveLength(7);
    weather.add({ kind: 'reset', service: 'dynamodb', asker: /^In/ });
    expect(weather.fate(asked('GetItem'))?.kind).toBe('reset');
    expect(weather.fate(asked('GetItem', 'Recorder'))).toBeUndefined();
    weather.calm();
    expect(weather.fate(asked('GetItem'))).toBeUndefined();
  });
});
