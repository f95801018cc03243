import { SITE_CONTENT_POLICY } from '../../contract/instructions-site';
import { PageTask } from '../../contract/worker-template';
import { escaped, ReadablePart } from '../../lint';

export interface SitePage {
  readonly version: string;
  readonly task: PageTask;
  readonly parts: readonly ReadablePart[];
  /** Where a browser finds its style. */
  readonly style: string;
}

/** Headings of regions that have none of their own. The full instructions follow the title. */
const HEADINGS: { readonly [region: string]: string } = {
  'negative-example': 'Bad example',
  'positive-example': 'Good example',
  'short-instructions': 'In short',
  'short-summary': 'In short',
};

/** The page that people read of a version of the instructions. It is HTML alone: no script, nothing from elsewhere. */
export function sitePage({ version, task, parts, style }: SitePage): string {
  const title = escaped(task.title);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(SITE_CONTENT_POLICY)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="robots" content="noindex, nofollow">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${title}</title>`,
    `<link rel="stylesheet" href="${escaped(style)}">`,
    '</head>',
    '<body>',
    '<header>',
    `<h1>${title}</h1>`,
    `<p>${escaped(task.description)}</p>`,
    '</header>',
    '<main>',
    ...parts.map((part) => section(part, task.title)),
    ...labels(task),
    ...parts.length === 0 ? ['<p class="nothing">The instructions say no more than this.</p>'] : [],
    '</main>',
    `<footer><p>Instructions <a href="/${version}/"><code>${version}</code></a></p></footer>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function section({ region, header, html }: ReadablePart, title: string): string {
  const own = header === title ? undefined : header;
  const heading = own === undefined ? HEADINGS[region] : escaped(own);
  return ['<section>', ...heading === undefined ? [] : [`<h2>${heading}</h2>`], html, '</section>'].join('\n');
}

/** What workers may choose, with what it means. */
function labels(task: PageTask): string[] {
  const offered = task.labels.filter(({ retired }) => !retired);
  return offered.length === 0 ? [] : [
    '<section>', '<h2>Labels</h2>', '<dl>',
    ...offered.flatMap(({ name, description }) => [
      `<div><dt>${escaped(name)}</dt>`, ...description === undefined ? [] : [`<dd>${escaped(description)}</dd>`], '</div>',
    ]),
    '</dl>', '</section>',
  ];
}

/** The style of all pages of a site. */
export const SITE_STYLE = `:root {
  color-scheme: light dark;
  --text: light-dark(#1b1f24, #e6e9ec);
  --quiet: light-dark(#545d68, #a3acb6);
  --ground: light-dark(#ffffff, #15181c);
  --raised: light-dark(#f3f5f7, #20252b);
  --line: light-dark(#d5dae0, #3a424b);
  --link: light-dark(#0b57d0, #8ab4f8);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  padding: 1.5rem clamp(1rem, 4vw, 2.5rem);
  max-width: 52rem;
  color: var(--text);
  background: var(--ground);
  font: 1.0625rem/1.6 system-ui, sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 2rem 0 0.5rem; text-wrap: balance; }
h1 { font-size: 2rem; margin-top: 0.5rem; }
h2 { font-size: 1.4rem; }
h3 { font-size: 1.15rem; }
header p { color: var(--quiet); font-size: 1.15rem; margin-top: 0; }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; padding-top: 0.5rem; }
section > h2:first-child { margin-top: 0.75rem; }
a { color: var(--link); }
img { display: block; max-width: 100%; height: auto; margin: 0.75rem 0; border: 1px solid var(--line); border-radius: 6px; }
pre { white-space: pre-wrap; padding: 0.75rem; background: var(--raised); border-radius: 6px; }
code, kbd, samp { font-family: ui-monospace, monospace; font-size: 0.92em; }
blockquote { margin: 1rem 0; padding: 0 1rem; border-left: 3px solid var(--line); color: var(--quiet); }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid var(--line); padding: 0.35rem 0.6rem; text-align: left; vertical-align: top; }
table:not(:has(:nth-child(5):is(th, td))) :is(th, td) { min-width: 4.25rem; }
dl > div { display: grid; grid-template-columns: minmax(7rem, 14rem) 1fr; gap: 0 1rem; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
dl > div:last-child { border-bottom: 0; }
dt { font-weight: 600; }
dd { margin: 0; }
.nothing, footer { color: var(--quiet); }
footer { border-top: 1px solid var(--line); margin-top: 2rem; font-size: 0.9rem; }
@media (max-width: 30rem) { dl > div { grid-template-columns: 1fr; } }
`;
