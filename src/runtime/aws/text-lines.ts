/**
 * The lines of UTF-8 text that comes in pieces, without `\n` or `\r\n`. A character may be split between pieces; the last line
 * need not have an end. An error of the source is thrown once the complete lines before it have been given out.
 */
export async function* textLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  for await (const piece of pieces) {
    const text = decoder.decode(piece, { stream: true });
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      begun.push(text.slice(from, end));
      from = end + 1;
      yield withoutReturn(begun.join(''));
      begun = [];
    }
    if (from < text.length) {
      begun.push(text.slice(from));
    }
  }
  begun.push(decoder.decode());
  const last = begun.join('');
  if (last !== '') {
    yield withoutReturn(last);
  }
}

const withoutReturn = (line: string): string => line.endsWith('\r') ? line.slice(0, -1) : line;
