/** A string, a comma before a closing bracket, or a bare name before a colon. */
const LOOSE = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|,(?=\s*[\]}])|[A-Za-z_$][\w$]*(?=\s*:)/g;

/** Reads what the Developer Guide writes into attributes: JSON, also with single quotes, bare names and commas at the end. */
export function looseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(text.replace(LOOSE, (found) => {
      switch (found[0]) {
        case '"': return found;
        case ',': return '';
        case '\'': return JSON.stringify(found.slice(1, -1).replace(/\\(['"\\])/g, '$1'));
        default: return `"${found}"`;
      }
    }));
  }
}
