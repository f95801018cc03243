import MarkdownIt from 'markdown-it';
import { decoded, imageOf, imageProblem, SCHEME } from './images';
import { Findings, Positions } from './text';

/** Raw HTML off: what a writer of Markdown puts between angle brackets is text. */
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });

/** Instructions are read by people who did not write them: a link opens beside the task, not in its place. */
markdown.renderer.rules.link_open = (tokens, index, options, _environment, self) => {
  tokens[index].attrSet('target', '_blank');
  tokens[index].attrSet('rel', 'noopener noreferrer');
  return self.renderToken(tokens, index, options);
};

/** Markdown as HTML in which no brace is Liquid. */
export function renderInstructions(text: string): string {
  return markdown.render(text).replaceAll('{', '&#123;').replaceAll('}', '&#125;').trimEnd();
}

/** What is wrong with a Markdown file. */
export function checkMarkdown(text: string, images: readonly string[], findings: Findings): void {
  if (text.trim() === '') {
    findings.error('empty', 0, 'the file is empty, and workers would read nothing; write what they are to do, or delete it');
  }
  const positions = new Positions(text);
  for (const { map, children } of markdown.parse(text, {})) {
    // where the block begins, and from there on what it has
    let at = map ? positions.offset(map[0] + 1, 1) : 0;
    for (const child of children ?? []) {
      const source = child.type === 'image' ? child.attrGet('src') ?? '' : '';
      const tag = child.type === 'text' ? /<\/?[a-z][a-z0-9-]*(\s[^>]*)?>/i.exec(child.content)?.[0] : undefined;
      if (source !== '' && !SCHEME.test(source)) {
        const name = decoded(source);
        const place = found(text, at, [source, name]);
        if (imageOf(name, images) === undefined) {
          findings.error('unknown-image', place, imageProblem(name, images));
        }
        at = place + 1;
      } else if (tag !== undefined) {
        const place = found(text, at, [tag]);
        at = place + 1;
        findings.warning('html-in-markdown', place, `${tag} is HTML, which workers would read as it stands; write it in Markdown, or write a template.liquid.html`);
      }
    }
  }
}

/** Where one of the texts stands next; `at`, where none does. */
function found(text: string, at: number, wanted: readonly string[]): number {
  return wanted.map((each) => text.indexOf(each, at)).find((place) => place >= 0) ?? at;
}
