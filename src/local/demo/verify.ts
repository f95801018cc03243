import { answerOfLine, Expected, SimulatedWorkers, View } from '../runner';
import { DataSetLine, DeployedProject } from './project';
import { contents, DropFile, LABEL_ATTRIBUTE, LABELS, TRANSFORMS } from './scenario';
import { CheckedLine, DroppedContent, PaidAnswer } from './tally';

/** A dropped content, and what a worker should see of it: worked out from its bytes by another library than the product's. */
export interface KnownContent extends DroppedContent {
  readonly file: DropFile;
  readonly expected: Expected;
}

export async function knowContents(workers: SimulatedWorkers, files: readonly DropFile[]): Promise<KnownContent[]> {
  const known: KnownContent[] = [];
  for (const file of contents(files)) {
    const expected = await workers.expect(file.bytes, TRANSFORMS);
    const good = file.reason === undefined;
    if (good !== (expected.kind === 'image')) {
      throw new Error(`${file.key} should ${good ? 'be an image' : 'not decode'}, and it is ${expected.kind}`);
    }
    known.push({ file, sha256: file.sha256, keys: file.keys, good, expected });
  }
  return known;
}

/** The dropped content whose picture somebody saw. */
export async function contentOfView(workers: SimulatedWorkers, known: readonly KnownContent[], seen: View): Promise<string | undefined> {
  for (const { expected, sha256 } of known) {
    if (expected.kind === 'image' && (await workers.differences({ expected: expected.view, seen })).length === 0) {
      return sha256;
    }
  }
  return undefined;
}

/** The bill, with the content that each worker really saw. */
export async function explainBill(
  workers: SimulatedWorkers, known: readonly KnownContent[], bill: readonly { readonly pixelHash?: string }[], views: readonly View[],
): Promise<PaidAnswer[]> {
  const seen = new Map(views.map(view => [view.pixelHash, view]));
  const explained = new Map<string, string | undefined>();
  const answers: PaidAnswer[] = [];
  for (const { pixelHash = 'unknown' } of bill) {
    const view = seen.get(pixelHash);
    if (!explained.has(pixelHash)) {
      explained.set(pixelHash, view && await contentOfView(workers, known, view));
    }
    answers.push({ pixelHash, sha256: explained.get(pixelHash) });
  }
  return answers;
}

/** A line of the data set, with the image that it points to. */
export interface VerifiedLine extends CheckedLine {
  readonly line: DataSetLine;
  readonly image: Buffer;
}

/** Compares each line, its image and its label, with what the driver knows of the content that it says it is of. */
export async function verifyLines(
  workers: SimulatedWorkers, known: readonly KnownContent[], project: DeployedProject, lines: readonly DataSetLine[],
): Promise<VerifiedLine[]> {
  const verified: VerifiedLine[] = [];
  for (const line of lines) {
    const sourceRef = line['source-ref'];
    const image = await project.readUri(sourceRef);
    const content = known.find(({ sha256 }) => sha256 === line['drop-sha256']);
    const differences = content ? await differencesOf(workers, content, project, line, image) : [];
    verified.push({ sourceRef, sha256: content?.sha256, differences, line, image });
  }
  return verified;
}

async function differencesOf(
  workers: SimulatedWorkers, { expected }: KnownContent, project: DeployedProject, line: DataSetLine, image: Buffer,
): Promise<readonly string[]> {
  if (expected.kind !== 'image') {
    return [`nobody can see a picture in it (${expected.kind})`];
  }
  const seen = await workers.expect(image);
  if (seen.kind !== 'image') {
    return [`its image does not decode (${seen.reason})`];
  }
  try {
    const answer = await answerOfLine(line, LABEL_ATTRIBUTE, uri => project.readUri(uri));
    return await workers.differences({ expected: expected.view, seen: seen.view, answer, labels: LABELS });
  } catch (error) {
    return [(error as Error).message];
  }
}
