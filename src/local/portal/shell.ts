import { PAGE_COLORS } from '../loopback/style';

/** The page around the worker pages. Its script is a bundle of its own (`pages/portal`). */
export function portalShell(token: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="token" content="${token}">
<title>Label by hand</title>
<style>${PAGE_COLORS}
body { display: flex; flex-direction: column; min-height: 100vh; }
header { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; padding: 10px clamp(12px, 3vw, 28px); border-bottom: 1px solid var(--line); background: var(--card); }
header > div { flex: 1 1 16rem; min-width: 0; }
main { flex: 1; display: flex; flex-direction: column; }
iframe { flex: 1; display: block; width: 100%; min-height: 640px; border: 0; }
#idle { margin: auto; padding: 32px 20px; max-width: 36rem; text-align: center; }
#said { padding: 8px clamp(12px, 3vw, 28px); border-bottom: 1px solid var(--line); }
#said:empty { display: none; }
</style>
</head>
<body>
<header><div><h1>Label by hand</h1><p id="task"></p></div><button type="button" id="decline" hidden>Decline this task</button></header>
<main>
<p id="said" role="status"></p>
<section id="idle" hidden><h2>No task is open</h2><p>Tasks come here by themselves, as soon as a labeling job offers one.</p></section>
</main>
<script src="/page.js"></script>
</body>
</html>
`;
}
