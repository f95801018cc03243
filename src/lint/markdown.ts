import MarkdownIt from 'markdown-it';
import { deadLink, decoded, imageProblems, LEADS, SCHEME } from './images';
import { Findings, Positions } from './text';
import { Definitions, noticeUnreadImages, UNREAD_IMAGE, UnreadImage } from './unread-image';

/** Raw HTML off: what a writer of Markdown puts between angle brackets is text. */
const OPTIONS = { html: false, linkify: false, typographer: false } as const;

const markdown = new MarkdownIt(OPTIONS);

/** Reads the same, and notices what was meant for an image and is none. */
const checker = noticeUnreadImages(new MarkdownIt(OPTIONS));

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
  const positions = new Positions(text);
  const definitions = new Definitions(text);
  let block = 0;
  for (const { map, children, content } of checker.parse(text, definitions)) {
    // where the block begins, and from there on what it has; a cell of a table does not say
    block = map ? positions.offset(map[0] + 1, 1) : block;
    let at = block;
    for (const child of children ?? []) {
      if (child.type === UNREAD_IMAGE) {
        const { offset, rule, message } = child.meta as UnreadImage;
        findings.error(rule, inBlock(text, block, content, offset), message);
      }
      const source = child.type === 'image' ? child.attrGet('src') ?? '' : '';
      if (child.type === 'image' && source === '') {
        const place = found(text, at, [`![${child.content}]`]);
        at = place + 1;
        findings.error('unknown-image', place, `![${child.content}]() names no file, so nothing is shown; write one, as in ![${child.content}](good.jpg)`);
      }
      const tag = child.type === 'text' ? /<\/?[a-z][a-z0-9-]*(\s[^>]*)?\/?>|<!--.*?(-->|$)/i.exec(child.content)?.[0] : undefined;
      if (child.type === 'link_open') {
        const href = child.attrGet('href') ?? '';
        const name = decoded(href);
        if (!LEADS.test(href) && problemOf(href) !== undefined) {
          findings.error('dead-link', found(text, at, href === '' ? [']('] : [href, name]), deadLink(name));
        }
      }
      if (source !== '' && !SCHEME.test(source)) {
        const name = decoded(source);
        const place = found(text, at, [source, name]);
        const problem = problemOf(source);
        if (problem !== undefined) {
          findings.error('unknown-image', place, problem);
        }
        at = place + 1;
      } else if (tag !== undefined) {
        const place = found(text, at, [tag]);
        at = place + 1;
        findings.warning('html-in-markdown', place, `${tag} is HTML, which workers would read as it stands; ${tag.startsWith('<!') ? 'take it out: Markdown has no comments' : 'write it in Markdown, or write a template.liquid.html'}`);
      }
    }
  }
}

/** Where one of the texts stands next; `at`, where none does. */
function found(text: string, at: number, wanted: readonly string[]): number {
  return wanted.map((each) => text.indexOf(each, at)).find((place) => place >= 0) ?? at;
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
