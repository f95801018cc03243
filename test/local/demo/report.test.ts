import { ReportData } from '../../../src/local/demo/report/data';
import { escapeText, html } from '../../../src/local/demo/report/markup';
import { renderReport } from '../../../src/local/demo/report/report';

const EVIL = '<script>alert("x & y\'s")</script>';

const data: ReportData = {
  startedAt: Date.parse('2026-01-05T08:00:00Z'),
  endedAt: Date.parse('2026-01-05T08:00:40Z'),
  verdict: 'demo: dropped=2 labeled=1 quarantined=1 duplicates=1 jobs=1 lost=0 double=0',
  counts: { dropped: 2, labeled: 1, quarantined: 1, duplicates: 1, jobs: 1, lost: 0, double: 0 },
  findings: [],
  labels: [{ name: 'person', color: '#2acf59' }],
  jobs: [{ number: 1, name: 'demo-1', status: 'Failed', reason: 'too old', createdAt: Date.parse('2026-01-05T08:00:10Z'), endedAt: Date.parse('2026-01-05T08:00:30Z'), carried: 0, offered: 2, labeled: 1 }],
  drops: [{ key: 'a.jpg', at: Date.parse('2026-01-05T08:00:05Z') }],
  images: [{
    keys: ['a.jpg', 'b.jpg'], thumbnail: 'data:image/jpeg;base64,AAAA', width: 200, height: 100, offeredTo: [1], labeledBy: 1,
    labeledAt: Date.parse('2026-01-05T08:00:20Z'), boxes: [{ label: 'person', left: 10, top: 20, width: 30, height: 40 }],
    history: [{ at: Date.parse('2026-01-05T08:00:12Z'), event: 'sent', detail: 'job 1' }],
  }],
  quarantine: [{ key: 'c.jpg', size: 0, reason: 'empty', detail: 'no bytes', remedy: 'Upload it again.' }],
  duplicates: [{ key: 'b.jpg', of: 'a.jpg' }],
  dataSet: { folder: 'demo-output/data-set', lines: 1 },
};

test('images with their boxes, their history, quarantine and the chain', () => {
  const page = renderReport(data);
  expect(page).toContain('<h1>1 image labeled, none lost, none twice</h1>');
  expect(page).toContain('<svg viewBox="0 0 200 100"');
  expect(page).toContain('<rect class="box" x="10" y="20" width="30" height="40" stroke="#2acf59"/>');
  expect(page).toContain('<time>0:12</time><span>sent (job 1)</span>');
  expect(page).toContain('style="left:25.00%;right:25.00%"');
  expect(page).toContain('Upload it again.');
  expect(page).toContain(data.verdict);
});

test('it needs nothing but itself', () => {
  const page = renderReport(data);
  expect(page).not.toMatch(/(src|href)="(?!data:)/);
  expect(page).not.toMatch(/url\(|@import|<script|<link/);
});

test('what went wrong, and what was broken on purpose', () => {
  const page = renderReport({
    ...data, counts: { ...data.counts, lost: 1, double: 2 }, sabotage: 'the intake forgets', findings: [{ kind: 'lost', what: 'a.jpg', why: 'no worker saw it' }],
  });
  expect(page).toContain('1 image labeled, 1 lost, 2 labeled twice');
  expect(page).toContain('the intake forgets');
  expect(page).toContain('<b>lost:</b> <span class="mono">a.jpg</span>: no worker saw it');
});

test('whatever it is given is escaped', () => {
  const evil = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return EVIL;
    }
    if (Array.isArray(value)) {
      return value.map(evil);
    }
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, evil(member)])) : value;
  };
  const page = renderReport({
    ...evil(data) as ReportData, sabotage: EVIL, findings: [{ kind: EVIL, what: EVIL, why: EVIL }],
    images: [{ ...(evil(data) as ReportData).images[0], note: EVIL, problem: EVIL }],
  });
  expect(page).not.toContain('<script>');
  expect(page).not.toContain('alert("');
  expect(page.split(escapeText(EVIL)).length).toBeGreaterThan(25);
});

test('an image without anything', () => {
  const page = renderReport({ ...data, images: [{ keys: ['a.jpg'], width: 0, height: 0, offeredTo: [2], history: [], problem: 'gone' }] });
  expect(page).toContain('no image');
  expect(page).toContain('offered to job 2, not labeled');
  expect(page).toContain('Lost: gone');
});

test('markup is put in as it is, everything else escaped', () => {
  expect(html`<b>${'<'}${html`<i>${3}</i>`}${['&', html`<br>`]}${undefined}</b>`.text).toBe('<b>&lt;<i>3</i>&amp;<br></b>');
});
