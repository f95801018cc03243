/** HTML that may be put into HTML as it is. */
export class Markup {
  public constructor(public readonly text: string) {}
}

type Content = Markup | string | number | undefined | readonly Content[];

/** Makes markup of a template; whatever is put in is escaped, unless it is markup itself. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + render(contents[index - 1]) + part));
}

function render(content: Content): string {
  if (content instanceof Markup) {
    return content.text;
  }
  if (Array.isArray(content)) {
    return (content as readonly Content[]).map(render).join('');
  }
  return content === undefined ? '' : escapeText(String(content));
}

const ESCAPED: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Safe between tags and inside quoted attributes. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, character => ESCAPED[character]);
}
