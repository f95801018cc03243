import { Case, jpeg, quarantine } from './case';
import { jpegOf, texture } from '../../images/samples';

const cut = (text: string, bytes: number) => Buffer.from(text).subarray(0, bytes).toString();

/** Keys that S3 allows and that somebody's code takes for something else. */
const KEYS: { readonly [name: string]: string } = {
  'spaces': 'line 1/a  photo.jpg',
  'a plus': 'a+b+c.jpg',
  'a percent': '100%.jpg',
  'what looks encoded': 'a%20b%2Fc%2B.jpg',
  'single quotes': "it's.jpg",
  'double quotes': 'the "best".jpg',
  'a newline': 'two\nlines.jpg',
  'a tab and a carriage return': 'a\tb\r.jpg',
  'a control character': 'a\u0001b.jpg',
  'umlauts': 'größe/äöü.jpg',
  'umlauts in two parts': 'gro\u0308ße.jpg',
  'Japanese': '画像/写真.jpg',
  'an emoji': 'fish 🐟.jpg',
  'right-to-left text': '\u202eتصوير.jpg',
  '1,024 bytes': `${'a/'.repeat(100)}${'b'.repeat(820)}.jpg`,
  '1,024 bytes of umlauts': `${cut('ü'.repeat(510), 1_020)}.jpg`,
  'two dots': 'a/../b.jpg',
  'two dots that lead out': '../../../etc/passwd',
  'dots alone': '...',
  'one dot': './a.jpg',
  'a slash at its beginning': '/a.jpg',
  'slashes in a row': 'a///b.jpg',
  'a backslash': 'C:\\photos\\a.jpg',
  'a script': '<script>alert(1)</script>.jpg',
  'marks of XML': 'a&amp;<b>]]>.jpg',
  'marks of URLs': 'a?x=1&y=2#z;.jpg',
  'a template': '{{ task.input }}${jndi:ldap://x}.jpg',
  'a name of JavaScript': '__proto__',
  'our own prefixes': 'images/originals/quarantine/a.jpg',
  'stars and brackets': 'a*(b)[c]!~@,=:$.jpg',
  'nothing but what is unsafe': '???',
};

const picture = () => jpegOf(texture(90, 60));

export const KEYED: readonly Case[] = Object.entries(KEYS).flatMap(([name, key]): Case[] => [
  { name: `an image under a key with ${name}`, key, bytes: picture, becomes: jpeg(90, 60) },
  { name: `half an image under a key with ${name}`, key, bytes: async () => (await picture()).subarray(0, 900), becomes: quarantine('truncated', /byte 900|past the end/) },
]);
