/** The page around the worker page. Its script is a bundle of its own (`page/`). */
export const SHELL = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Preview of the worker page</title>
<style>
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f6f3, #14171a); --card: light-dark(#ffffff, #1d2125); --ink: light-dark(#1d2125, #e6e8ea);
  --soft: light-dark(#57606a, #9aa4ad); --line: light-dark(#d5d8d3, #3a4148); --accent: light-dark(#2f5fb3, #86aef5);
  --bad: light-dark(#b3261e, #ff8f85); --warn: light-dark(#8a5a00, #f0bd5b);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header, section { padding: 12px clamp(12px, 3vw, 28px); overflow-wrap: anywhere; }
header { border-bottom: 1px solid var(--line); background: var(--card); }
h1 { font-size: 1.1rem; margin: 0; }
h2 { font-size: 1rem; margin: 0 0 8px; }
p { margin: 0; color: var(--soft); }
iframe { display: block; width: 100%; height: max(640px, calc(100vh - 160px)); border: 0; border-bottom: 1px solid var(--line); }
ul { margin: 0; padding-left: 20px; max-height: 40vh; overflow: auto; }
.error { color: var(--bad); }
.warning { color: var(--warn); }
code, pre { font: 0.875rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
pre { margin: 0 0 10px; padding: 12px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 5px 12px; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#answer div { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; }
#answer pre { max-height: 60vh; overflow: auto; }
#note { margin-top: 4px; color: var(--ink); }
[hidden] { display: none !important; }
</style>
</head>
<body>
<header><h1>Preview of the worker page</h1><p id="title"></p><p id="note" hidden></p></header>
<main>
<section id="problems" aria-live="polite" hidden><h2 id="found"></h2><ul tabindex="0" aria-labelledby="found"></ul></section>
<iframe id="page" title="Worker page" sandbox="allow-scripts allow-forms allow-modals allow-popups" hidden></iframe>
<section id="answer" aria-live="polite"><h2>Answer</h2><p>Submit the page, and what Ground Truth would be given stands here and in the terminal.</p><pre tabindex="0" hidden></pre><div hidden><button type="button">Copy</button><p id="copied"></p></div></section>
</main>
<script src="/shell.js"></script>
</body>
</html>
`;
