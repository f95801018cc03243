import MarkdownIt from 'markdown-it';

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
