import MarkdownIt from 'markdown-it';
import { deadLink, decoded, imageProblems, LEADS, SCHEME } from './images';
import { Findings, Positions } from './text';
import { Definitions, noticeUnreadImages, UNREAD_IMAGE, UnreadImage } from './unread-image';
import { WrittenAddresses } from './written-addresses';

/** Raw HTML off: what a writer of Markdown puts between angle brackets is text. */
const OPTIONS = { html: false, linkify: false, typographer: false } as const;

const markdown = new MarkdownIt(OPTIONS);

/** Reads the same, and notices what was meant for an image and is none. */
const checker = noticeUnreadImages(new MarkdownIt(OPTIONS));
// characters with a backslash before them, and entities, stay apart: they are text that was meant as such
checker.core.ruler.disable('text_join');

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
  } else if (renderInstructions(text).replace(/<(?!img)[^>]*>/g, '').trim() === '') {
    findings.error('empty', 0, 'the file shows nothing, and workers would read nothing; write what they are to do, or delete it');
  }
  const problemOf = imageProblems(images);
  // the parser takes a carriage return alone for the end of a line too
  const positions = new Positions(text.replace(/\r(?!\n)/g, '\n'));
  const lineAt = (line: number): number => positions.offset(line + 1, 1) || (line === 0 ? 0 : text.length);
  const definitions = new Definitions(text);
  const defined = new WrittenAddresses(markdown, text, ']:', 0, text.length);
  let written = new WrittenAddresses(markdown, text, '](', 0, 0);
  // where the block begins, and how far what it has was looked at; a cell of a table does not say, but its row does
  let block = 0;
  let at = 0;
  const placeOf = (address: string): number => {
    const place = written.next(address, at);
    at = place === undefined ? at : place + 1;
    return place ?? defined.next(address, 0) ?? at;
  };
  for (const { type, map, children, content } of checker.parse(text, definitions)) {
    if (map) {
      block = lineAt(map[0]);
      at = Math.max(at, block);
    }
    if (map && (type === 'inline' || type === 'tr_open')) {
      written = new WrittenAddresses(markdown, text, '](', block, lineAt(map[1]));
    }
    const links: { readonly href: string; readonly note: boolean }[] = [];
    (children ?? []).forEach((child, index) => {
      if (child.type === UNREAD_IMAGE) {
        const { offset, rule, message } = child.meta as UnreadImage;
        findings.error(rule, inBlock(text, block, content, offset), message);
      } else if (child.type === 'image') {
        const source = child.attrGet('src') ?? '';
        const place = placeOf(source);
        const problem = source === '' || SCHEME.test(source) ? undefined : problemOf(source);
        if (source === '') {
          findings.error('unknown-image', Math.max(block, text.lastIndexOf('![', place)), `![${child.content}]() names no file, so nothing is shown; write one, as in ![${child.content}](good.jpg)`);
        } else if (problem !== undefined) {
          findings.error('unknown-image', place, problem);
        }
      } else if (child.type === 'link_open') {
        links.push({ href: child.attrGet('href') ?? '', note: /^\^\S/.test(children![index + 1].content) });
      } else if (child.type === 'link_close') {
        // its address stands behind what it has in it
        const { href, note } = links.pop()!;
        const place = placeOf(href);
        if (!LEADS.test(href) && problemOf(href) !== undefined) {
          findings.error('dead-link', place, note ? FOOTNOTE : deadLink(decoded(href)));
        }
      }
      const tag = child.type === 'text' ? /<\/?[a-z][a-z0-9-]*(\s[^>]*)?\/?>|<!--.*?(-->|$)/i.exec(child.content)?.[0] : undefined;
      if (tag !== undefined) {
        const place = found(text, at, tag);
        at = place + 1;
        findings.warning('html-in-markdown', place, `${tag} is HTML, which workers would read as it stands; ${tag.startsWith('<!') ? 'take it out: Markdown has no comments' : 'write it in Markdown, or write a template.liquid.html'}`);
      }
    });
  }
}

const FOOTNOTE = 'Markdown here has no footnotes, so workers would see a link that leads nowhere; write the note into the text';

/** Where a text stands next; `at`, where it does not. */
function found(text: string, at: number, wanted: string): number {
  const place = text.indexOf(wanted, at);
  return place < 0 ? at : place;
}

/** Where a place in the content of a block stands in the text: the block's lines may have marks before them. */
function inBlock(text: string, block: number, content: string, offset: number): number {
  const before = content.slice(0, offset).split('\n');
  let line = block;
  for (let more = before.length - 1; more > 0; more -= 1) {
    line = text.indexOf('\n', line) + 1;
  }
  const begin = text.indexOf(content.split('\n')[before.length - 1], line);
  return begin < 0 ? line : begin + before[before.length - 1].length;
}
