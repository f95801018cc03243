import { Attribute, Element } from './html';
import { addressKind, deadLink, imageUses, LEADS, SCHEME } from './images';
import { LiquidText } from './liquid';
import { Findings } from './text';
import { PRINTED } from './ways';
import { IMAGE_FILE } from '../contract/instruction-files';

const PRINTED_BEFORE = new RegExp(`^${PRINTED}+`);

/** One of several addresses in `srcset`: it may have commas within, and ends before a space or the comma at its end. */
const CANDIDATE = /([^\s,](?:\S*[^\s,])?)(?:,|\s[^,]*|$)/g;

/** Finds images and links of one way through a template that workers would not see. */
export function checkAddresses(
  template: string, liquid: LiquidText, elements: readonly Element[], problemOf: (name: string) => string | undefined, findings: Findings,
): void {
  elements.forEach((element) => element.attributes.forEach((attribute) => checkAddress(template, element, attribute, findings)));
  for (const { name, begin, linked } of imageUses(template, liquid, elements)) {
    const problem = problemOf(name);
    if (problem !== undefined && !linked) {
      findings.error('unknown-image', begin, problem);
    } else if (problem !== undefined && !LEADS.test(name)) {
      findings.error('dead-link', begin, deadLink(name));
    }
  }
}

/** Finds addresses that are no names of files, and mean some. */
function checkAddress(template: string, element: Element, attribute: Attribute, findings: Findings): void {
  const { name, begin, end, written } = attribute;
  const value = attribute.value.trim();
  const text = template.slice(begin, end).replace(/^[^=]*=\s*/, '').replace(/^(["'])([^]*)\1$/, '$2').trim();
  if (addressKind(element, attribute) === 'shown' && value !== '' && !SCHEME.test(value)) {
    const rest = value.replace(PRINTED_BEFORE, '');
    if (value.includes(PRINTED) ? rest === value : written === undefined) {
      findings.error('composed-image', begin, `'${text}' is put together by Liquid, and example images are found by their whole names; write the whole name, in each branch where it differs`);
    } else if (rest !== value && /^\.[a-z]+$/i.test(rest) && IMAGE_FILE.test(rest)) {
      findings.warning('composed-image', begin, `'${text}' is put together by Liquid; where an example image is meant it is not found: write the whole name, in each branch where it differs`);
    }
  }
  const names = name === 'srcset' ? [...value.matchAll(CANDIDATE)].map(([, each]) => each)
    : name === 'style' ? [...value.matchAll(/url\(\s*["']?([^"')]+)/gi)].map(([, each]) => each.trim()) : [];
  const unbound = names.find((each) => each !== '' && !each.includes(PRINTED) && !SCHEME.test(each));
  if (unbound !== undefined) {
    findings.error('unbound-image', begin, `${name} names '${unbound}', which no browser of a worker finds: an address is put in where an example image is the src of an element; write <img src="${unbound}">`);
  }
}

/** An image lies in a private bucket: its bare address shows nothing. */
export function checkReadAccess(template: string, element: Element, findings: Findings): void {
  const src = element.attributes.find(({ name }) => name === 'src');
  if (src === undefined) {
    return;
  }
  const written = template.slice(src.begin, src.end);
  const literal = /\{\{-?\s*("[^"]*"|'[^']*')\s*-?\}\}/.exec(written);
  if (literal !== null && !SCHEME.test(literal[1].slice(1, -1))) {
    findings.error('missing-read-access', src.begin, `src is ${literal[0]}, which no browser may read; write src="${literal[1].slice(1, -1)}"`);
  }
  const bare = /\{\{-?\s*task\.input\.(taskObject|manifestLine\.source-ref)\s*-?\}\}/.exec(written);
  if (bare) {
    findings.error('missing-read-access', src.begin, `src is ${bare[0]}, an S3 address that no browser may read; write ${bare[0].replace(/\s*-?\}\}$/, ' | grant_read_access }}')}`);
  } else if (/^\s*s3:\/\//i.test(src.value)) {
    findings.error('missing-read-access', src.begin, `src is '${src.value.trim()}', which no browser may read; write src="{{ '${src.value.trim()}' | grant_read_access }}"`);
  }
}
