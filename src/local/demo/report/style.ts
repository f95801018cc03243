/** The report's look: plain CSS, light and dark, from narrow phones to wide screens. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f6f3; --card: #ffffff; --ink: #1d2125; --soft: #5d666f; --line: #dfe1dc; --stage: #eceeea;
  --good: #1a7f45; --good-wash: #e3f3e9; --bad: #b3261e; --bad-wash: #fbe9e7; --warn: #8a5a00; --warn-wash: #fdf1d8; --accent: #2f5fb3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1d2125; --ink: #e6e8ea; --soft: #9aa4ad; --line: #31373d; --stage: #0e1012;
    --good: #5fd08f; --good-wash: #16301f; --bad: #ff8f85; --bad-wash: #3a1a18; --warn: #f0bd5b; --warn-wash: #33270f; --accent: #86aef5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main { max-width: 1240px; margin: 0 auto; padding: clamp(20px, 4vw, 48px) clamp(16px, 4vw, 40px) 64px; }
h1 { font-size: clamp(1.6rem, 1.1rem + 2vw, 2.4rem); line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: 1.25rem; margin: 56px 0 4px; letter-spacing: -0.01em; }
h2 + p { margin-top: 0; }
p { max-width: 72ch; margin: 0 0 16px; }
.soft, .lead { color: var(--soft); }
.lead { font-size: 1.05rem; }
code, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.875em; overflow-wrap: anywhere; }
.kicker { color: var(--soft); font-size: 0.875rem; margin: 0 0 12px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }

.numbers { display: grid; grid-template-columns: repeat(7, 1fr); gap: 12px; margin: 28px 0 0; padding: 0; }
.numbers > div { padding: 14px 16px; }
.numbers dt { color: var(--soft); font-size: 0.875rem; }
.numbers dd { margin: 0; font-size: 1.75rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
.good dd { color: var(--good); }
.bad dd { color: var(--bad); }
.notice { border-radius: 12px; padding: 14px 18px; margin: 20px 0 0; background: var(--warn-wash); color: var(--warn); }
.notice.bad { background: var(--bad-wash); color: var(--bad); }
.notice ul { margin: 6px 0 0; padding-left: 20px; }

.lanes { padding: 18px clamp(14px, 2vw, 22px) 14px; }
.lane { display: grid; grid-template-columns: 215px 1fr; gap: 4px 18px; align-items: center; padding: 8px 0; }
.lane-name { min-width: 0; line-height: 1.35; }
.lane-name b { display: block; font-weight: 600; overflow-wrap: anywhere; }
.track { position: relative; height: 30px; border-left: 1px solid var(--line); border-right: 1px solid var(--line); }
.span { position: absolute; top: 5px; bottom: 5px; border-radius: 6px; background: var(--good-wash); border: 1px solid var(--good); min-width: 6px; }
.span.ended { background: var(--warn-wash); border-color: var(--warn); }
.dot { position: absolute; top: 50%; width: 8px; height: 8px; margin: -4px 0 0 -4px; border-radius: 50%; background: var(--good); }
.dot.drop { border-radius: 2px; background: var(--accent); }
.scale { display: flex; justify-content: space-between; color: var(--soft); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 0.875rem; margin: 14px 0 0; padding: 12px 0 0; border-top: 1px solid var(--line); }
.legend span { display: inline-flex; align-items: center; gap: 7px; }
.legend i { position: static; margin: 0; flex: none; }

.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 270px), 1fr)); gap: 18px; margin-top: 18px; align-items: start; }
.image { overflow: hidden; }
.image.lost { border-color: var(--bad); }
.stage { aspect-ratio: 4 / 3; display: grid; place-items: center; background: var(--stage); color: var(--soft); overflow: hidden; }
.picture { position: relative; max-width: 100%; max-height: 100%; }
.picture.wide { width: 100%; }
.picture.tall { height: 100%; }
.picture img, .picture svg { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.picture rect { fill: none; vector-effect: non-scaling-stroke; }
.picture .halo { stroke: #000; stroke-opacity: 0.55; stroke-width: 5; }
.picture .box { stroke-width: 2.5; }
.about { padding: 12px 14px 12px; }
.about h3 { font-size: 0.9375rem; margin: 0; overflow-wrap: anywhere; line-height: 1.35; }
.about p { font-size: 0.875rem; margin: 4px 0 0; color: var(--soft); overflow-wrap: anywhere; }
.about p.problem { color: var(--bad); }
.chips { display: flex; flex-wrap: wrap; gap: 4px 12px; margin: 8px 0 0; padding: 0; list-style: none; font-size: 0.875rem; }
.chips li { display: inline-flex; align-items: center; gap: 6px; }
.chips i { width: 11px; height: 11px; border-radius: 3px; flex: none; border: 1px solid rgb(0 0 0 / 0.25); }
details { margin-top: 8px; font-size: 0.8125rem; color: var(--soft); }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
details ol { list-style: none; margin: 6px 0 0; padding: 0; display: grid; gap: 2px; }
details li { display: grid; grid-template-columns: 4.6em 1fr; gap: 8px; overflow-wrap: anywhere; }
details time { font-variant-numeric: tabular-nums; }

.files { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 18px; margin-top: 18px; }
.file { padding: 14px 16px; }
.file h3 { font-size: 0.9375rem; margin: 0 0 2px; overflow-wrap: anywhere; }
.file p { font-size: 0.9rem; margin: 6px 0 0; }
.tag { display: inline-block; padding: 1px 9px; border-radius: 999px; font-size: 0.8125rem; background: var(--warn-wash); color: var(--warn); white-space: nowrap; }
.tag.ok { background: var(--good-wash); color: var(--good); }
.plain { margin: 12px 0 0; padding: 0; list-style: none; display: grid; gap: 6px; }
footer { margin-top: 56px; padding-top: 20px; border-top: 1px solid var(--line); font-size: 0.9rem; color: var(--soft); }
footer p { margin-bottom: 10px; }
@media (max-width: 960px) {
  .numbers { grid-template-columns: repeat(12, 1fr); }
  .numbers > div { grid-column: span 4; }
  .numbers > div:nth-child(-n + 4) { grid-column: span 3; }
}
@media (max-width: 640px) {
  .lane { grid-template-columns: 1fr; }
  .numbers { gap: 8px; }
  .numbers > div:nth-child(-n + 4) { grid-column: span 6; }
  .numbers > div { padding: 10px 12px; }
  .numbers dd { font-size: 1.4rem; }
  h2 { margin-top: 44px; }
}
@media print { .card { break-inside: avoid; } }
`;
