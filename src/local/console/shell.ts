import { toolPage } from '../loopback/page';

/** The console's page. Its script is a bundle of its own (`pages/console`). */
export function consoleShell(token: string): string {
  return toolPage({ title: 'Labeling console', token, style: STYLE, body: BODY });
}

const BODY = `<main class="empty">Looking ...</main>
<div id="console"></div>`;

const STYLE = `
#console { max-width: 1320px; margin: 0 auto; padding: 0 clamp(12px, 3vw, 32px) 48px; }
header { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; padding: 20px 0 12px; }
header > div { flex: 1 1 18rem; min-width: 0; }
h1 { font-size: 1.35rem; line-height: 1.25; }
h2 { margin: 28px 0 8px; }
h2 span { color: var(--soft); font-weight: 400; }
h3 { font-size: 0.9375rem; line-height: 1.3; margin: 0; }
ul, ol { list-style: none; margin: 0; padding: 0; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; }
.primary { display: inline-block; background: var(--accent); color: var(--on-accent); border: 1px solid var(--accent); border-radius: 6px; padding: 5px 14px; text-decoration: none; font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; }
.said { min-height: 1.5em; margin-bottom: 8px; font-size: 0.9375rem; }
.notice { border: 1px solid var(--warn); border-radius: 10px; padding: 10px 14px; margin-bottom: 12px; color: var(--warn); }
.flow { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 10px; }
.flow li { position: relative; }
.flow strong { display: block; font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.flow small { color: var(--soft); font-size: 0.875rem; }
.flow .labeled strong { color: var(--good); }
.flow .quarantine strong { color: var(--warn); }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 24px; align-items: start; }
.zone { display: block; border: 2px dashed var(--line); border-radius: 10px; padding: 20px 14px; text-align: center; background: var(--card); cursor: pointer; }
.zone:focus-within, .zone.over { border-color: var(--accent); }
.zone input { display: block; margin: 8px auto 0; max-width: 100%; }
::file-selector-button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 4px 12px; cursor: pointer; }
.list { padding-block: 4px; }
.list li { border-top: 1px solid var(--line); padding: 8px 0; }
.list li:first-child { border-top: 0; }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 10px; font-size: 0.8125rem; }
.tag.good { color: var(--good); } .tag.bad { color: var(--bad); } .tag.warn { color: var(--warn); } .tag.soft { color: var(--soft); }
.row { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; }
.small { font-size: 0.875rem; }
.job + .job { margin-top: 10px; }
.job .actions { margin-top: 8px; }
.bar { display: flex; height: 8px; border-radius: 4px; overflow: hidden; background: var(--stage); margin: 8px 0 6px; }
.bar i { background: var(--good); }
.bar i + i { background: var(--accent); opacity: 0.55; }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 210px), 1fr)); gap: 14px; }
.image { padding: 0; overflow: hidden; }
.image > div:last-child { padding: 10px 12px; }
.image h3 { font-size: 0.875rem; }
.stage { aspect-ratio: 4 / 3; display: grid; place-items: center; background: var(--stage); }
.picture { position: relative; max-width: 100%; max-height: 100%; }
.picture.wide { width: 100%; }
.picture.tall { height: 100%; }
.picture img, .picture svg { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.picture .mask { opacity: 0.6; image-rendering: pixelated; }
.picture rect { fill: none; vector-effect: non-scaling-stroke; }
.picture .halo { stroke: #000; stroke-opacity: 0.55; stroke-width: 5; }
.picture .box { stroke-width: 2.5; }
.chips { display: flex; flex-wrap: wrap; gap: 2px 12px; margin-top: 4px; font-size: 0.875rem; }
.chips li { display: inline-flex; align-items: center; gap: 6px; }
.chips i { width: 11px; height: 11px; border-radius: 3px; flex: none; border: 1px solid var(--ink); }
.empty { padding: 24px; }
@media (max-width: 900px) { .columns { grid-template-columns: minmax(0, 1fr); } .flow { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
@media (max-width: 420px) { .flow { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
`;
