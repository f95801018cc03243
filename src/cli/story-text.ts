import { count, fold, field, hanging, time } from './text';
import { REMEDIES, isReasonCode } from '../contract/reasons';
import { nearDetail } from '../runtime/ledger/near-duplicates';
import { DropStory, Happening, ImageStory } from '../runtime/ledger/stories';

/** A label as it is shown: the line without what the image brought along. */
function labelText(line: string, provenance: object): string {
  try {
    const { 'source-ref': _ref, ...rest } = JSON.parse(line) as { [name: string]: unknown };
    return JSON.stringify(Object.fromEntries(Object.entries(rest).filter(([name]) => !(name in provenance))));
  } catch {
    return line;
  }
}

/** Lines of a label that are shown: a mask or many boxes fill no screen. --json has them whole. */
const LABEL_LINES = 6;

function historyLines(history: readonly Happening[], columns: number): string[] {
  return ['  history (UTC)', ...history.flatMap(({ at, event, detail }) => hanging(`${event}${detail ? `: ${detail}` : ''}`, columns, `    ${time(at)}  `))];
}

function reasonLines(reason: string | undefined, detail: string | undefined, columns: number): string[] {
  return [
    ...(reason ? field('reason', `${reason}${detail ? ` (${detail})` : ''}`, columns) : []),
    ...(reason && isReasonCode(reason) ? field('remedy', REMEDIES[reason], columns) : []),
  ];
}

export function imageLines({ image, history, labels }: ImageStory, columns: number): string[] {
  const job = image.labelJob ?? image.job;
  return [
    ...hanging(image.sourceRef, columns, 'image '),
    ...field('state', `${image.state}${job === undefined ? '' : `, job ${job}`}`, columns),
    ...reasonLines(image.reason, image.failure?.reason ?? (image.near && image.state === 'HELD' ? nearDetail(image.near) : undefined), columns),
    ...field('drop', String(image.provenance['drop-key'] ?? ''), columns),
    ...field('offered', `to ${image.offers} ${image.offers === 1 ? 'job' : 'jobs'}; ${image.failures} failures charged`, columns),
    ...labels.flatMap(({ job: by, at, line }) => {
      const shown = fold(labelText(line, image.provenance), columns - 14);
      const cut = shown.length > LABEL_LINES ? [...shown.slice(0, LABEL_LINES - 1), '... (--json shows it whole)'] : shown;
      return [...field('label', `job ${by}, ${time(at)}`, columns), ...cut.map((text) => ' '.repeat(14) + text)];
    }),
    ...historyLines(history, columns),
  ];
}

export function dropLines({ drop, history, images, sourceRefs }: DropStory, columns: number): string[] {
  return [
    ...hanging(`s3://${drop.bucket}/${drop.key}`, columns, 'drop  '),
    ...field('version', drop.versionId, columns),
    ...field('state', drop.state, columns),
    ...(drop.state === 'DUPLICATE' ? field('of', drop.reason ?? '', columns) : reasonLines(drop.reason, drop.detail, columns)),
    ...field('received', time(drop.receivedAt), columns),
    ...(drop.size === undefined ? [] : field('size', `${drop.size.toLocaleString('en-US')} bytes`, columns)),
    ...(drop.sha256 === undefined ? [] : field('sha256', drop.sha256, columns)),
    ...historyLines(history, columns),
    ...images.flatMap((image) => ['', ...imageLines(image, columns)]),
    ...(sourceRefs.length > images.length ? ['', `  and ${count(sourceRefs.length - images.length, 'image')} more: \`explain\` takes their s3:// URIs too`] : []),
  ];
}
