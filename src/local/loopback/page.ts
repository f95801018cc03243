/** What the pages of the local tools look like. */
const STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f6f3, #14171a); --card: light-dark(#ffffff, #1d2125); --ink: light-dark(#1d2125, #e6e8ea);
  --soft: light-dark(#57606a, #9aa4ad); --line: light-dark(#d5d8d3, #3a4148); --accent: light-dark(#2f5fb3, #86aef5);
  --on-accent: light-dark(#ffffff, #10151c); --good: light-dark(#1a7f45, #5fd08f); --bad: light-dark(#b3261e, #ff8f85);
  --warn: light-dark(#8a5a00, #f0bd5b); --stage: light-dark(#eceeea, #0e1012);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.1rem; margin: 0; }
h2 { font-size: 1rem; margin: 0 0 8px; }
p { margin: 0; color: var(--soft); }
button, input, select { font: inherit; color: inherit; }
button { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 5px 12px; cursor: pointer; }
button:disabled { color: var(--soft); cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[hidden] { display: none !important; }
code, pre { font: 0.875rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
.error { color: var(--bad); }
.warning { color: var(--warn); }`;


/** A page of a local tool. */
export interface ToolPage {
  readonly title: string;
  /** Shows that requests come from the page. */
  readonly token: string;
  readonly style: string;
  readonly body: string;
}

/** The page as HTML. Its script is a bundle of its own. */
export function toolPage({ title, token, style, body }: ToolPage): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="token" content="${token}">
<title>${title}</title>
<style>${STYLE}${style}</style>
</head>
<body>
${body}
<script src="/page.js"></script>
</body>
</html>
`;
}
