const COLORS = `
  color-scheme: light dark;
  --ink: light-dark(#1d2125, #e6e8ea); --soft: light-dark(#57606a, #9aa4ad); --line: light-dark(#d5d8d3, #3a4148);
  --card: light-dark(#ffffff, #1d2125); --accent: light-dark(#2f5fb3, #86aef5); --on-accent: light-dark(#ffffff, #10151c);
  --bad: light-dark(#b3261e, #ff8f85); --stage: light-dark(#eceeea, #0e1012);`;

/** In the shadow of each stand-in, where the page's own rules do not reach. */
export const STYLE = `
:host { ${COLORS} display: block; color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
* { box-sizing: border-box; }
h1 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 0 0 8px; }
.columns { display: grid; grid-template-columns: minmax(0, 15rem) minmax(0, 1fr) minmax(0, 17rem); gap: 16px; align-items: start; }
@media (max-width: 900px) { .columns { grid-template-columns: minmax(0, 1fr); } .picture { grid-row: 1; } .tools { grid-row: 2; } }
aside, .tools { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px; overflow-wrap: anywhere; }
.picture { background: var(--stage); border-radius: 10px; overflow: hidden; display: grid; place-items: center; }
button, select, input, textarea { font: inherit; color: inherit; }
button, select, input[type=number], textarea {
  background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 5px 10px; max-width: 100%; min-width: 0;
}
button { cursor: pointer; }
button[aria-pressed=true] { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
button.submit { background: var(--accent); color: var(--on-accent); border-color: var(--accent); padding: 8px 24px; font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
fieldset { border: 0; margin: 0 0 12px; padding: 0; min-width: 0; }
legend { font-weight: 600; padding: 0; margin-bottom: 6px; }
.choice { display: flex; gap: 8px; align-items: baseline; padding: 5px 0; }
.swatch { flex: none; width: 12px; height: 12px; border-radius: 3px; border: 1px solid var(--ink); }
.row { display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: 10px; }
.box { border-top: 1px solid var(--line); padding: 10px 0; }
.numbers { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 6px; margin: 6px 0; }
.numbers input { width: 100%; }
label { overflow-wrap: anywhere; }
small, .soft { color: var(--soft); }
p { margin: 0 0 10px; }
.broken, .problem { color: var(--bad); font-weight: 600; }
.problem:empty { display: none; }
dialog { width: min(44rem, 92vw); color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow-wrap: anywhere; }
dialog::backdrop { background: #0008; }
.end { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; justify-content: flex-end; margin-top: 16px; }
.note { color: var(--soft); font-size: 0.875rem; margin: 16px 0 0; }
`;

/** In the page, for what stands there itself. The page's own rules may say otherwise. */
export const PAGE_STYLE = `
body { background: light-dark(#f6f6f3, #14171a); color-scheme: light dark; }
.crowd-stage { position: relative; max-width: 100%; line-height: 0; }
.crowd-stage > img, .crowd-stage > * > img { display: block; max-width: 100%; height: auto; }
.crowd-stage canvas { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; cursor: crosshair; }
.crowd-stage .crowd-mask { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0.6; image-rendering: pixelated; }
.crowd-stage .crowd-box { position: absolute; border: 2px solid; line-height: 1.2; }
.crowd-stage .crowd-box span { position: absolute; left: 0; top: 0; background: #ffffff; color: #1d2125; font: 12px/1.3 system-ui, sans-serif; padding: 0 4px; }
full-instructions, short-instructions { display: block; overflow-wrap: anywhere; }
full-instructions img, short-instructions img { max-width: 100%; height: auto; }
`;
