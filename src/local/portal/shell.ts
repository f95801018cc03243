import { toolPage } from '../loopback/page';

/** The page around the worker pages. Its script is a bundle of its own (`pages/portal`). */
export function portalShell(token: string): string {
  return toolPage({ title: 'Label by hand', token, style: STYLE, body: BODY });
}

const BODY = `<header><div><h1>Label by hand</h1><p id="task"></p></div><button type="button" id="decline" hidden>Decline this task</button></header>
<main>
<p id="said" role="status"></p>
<section id="idle" hidden><h2>No task is open</h2><p>Tasks come here by themselves, as soon as a labeling job offers one.</p></section>
</main>`;

const STYLE = `
body { display: flex; flex-direction: column; min-height: 100vh; }
header { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; padding: 10px clamp(12px, 3vw, 28px); border-bottom: 1px solid var(--line); background: var(--card); }
header > div { flex: 1 1 16rem; min-width: 0; }
main { flex: 1; display: flex; flex-direction: column; }
iframe { flex: 1; display: block; width: 100%; min-height: 640px; border: 0; }
#idle { margin: auto; padding: 32px 20px; max-width: 36rem; text-align: center; }
#said { padding: 8px clamp(12px, 3vw, 28px); border-bottom: 1px solid var(--line); }
#said:empty { display: none; }
`;
