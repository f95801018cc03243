import { ProbeAccount } from './account';
import { Lab, Person } from './lab';
import {
  KEY_AS_WRITTEN, KEY_DECODED, MAIN_MANIFEST, carriedLine, createMain, labelOne, readMain, stopWhileWorking, tryNameAgain, watchManifest,
} from './main-job';
import { Observations } from './observations';
import {
  DOLLAR_MANIFEST, EMPTY_MANIFEST, Experiment, ONE_KEY, PLAIN_KEY, TRIALS_MANIFEST, TWO_KEY, brief, dollar, empty, idle, pair, readOthers,
  trials,
} from './other-jobs';
import { digitPicture } from './pictures';
import { ATTRIBUTE, LABEL_FILE, TEMPLATE } from './requests';
import { Stage } from './stage';

/**
 * Runs every experiment and answers what was seen. Three pictures are labeled by hand, once each; all else goes by itself.
 * Jobs that the account has no room for beside the first are made after it.
 */
export async function runProbe(account: ProbeAccount, stage: Stage, person: Person): Promise<Observations> {
  const lab = new Lab(account, stage, person);
  await writeFiles(lab);
  if (!await createMain(lab)) {
    return lab.seen;
  }
  await tryNameAgain(lab);
  const later: Experiment[] = [];
  const now = async (experiment: Experiment): Promise<void> => {
    if (!await experiment(lab)) {
      later.push(experiment);
    }
  };
  await now(brief);
  await labelOne(lab);
  // the pair looks for an id that the trials sent; the brief job, if it lives on, becomes the idle one
  for (const experiment of [idle, trials, pair, empty, dollar]) {
    await now(experiment);
  }
  await watchManifest(lab);
  await stopWhileWorking(lab);
  for (const experiment of later) {
    await experiment(lab);
  }
  await readMain(lab);
  await readOthers(lab);
  return lab.seen;
}

async function writeFiles(lab: Lab): Promise<void> {
  const { cloud } = lab.account;
  const { bucket, bucketWithoutCors, prefix } = lab.stage;
  const picture = (key: string, digit: '1' | '2' | '3', where = bucket): Promise<void> => cloud.put(where, `${prefix}${key}`, digitPicture(digit), 'image/png');
  const text = async (key: string, body: string): Promise<void> => cloud.put(bucket, `${prefix}${key}`, body, 'text/plain');
  await picture(ONE_KEY, '1');
  await picture(TWO_KEY, '2');
  await picture(KEY_AS_WRITTEN, '3');
  await picture(KEY_DECODED, '3');
  await picture(PLAIN_KEY, '1', bucketWithoutCors);
  await text('labels.json', LABEL_FILE);
  await text('template.html', TEMPLATE);
  await text(MAIN_MANIFEST, `${carriedLine(lab)}\n`);
  await text(TRIALS_MANIFEST, `${JSON.stringify({ 'source-ref': lab.uri(ONE_KEY) })}\n`);
  await text(EMPTY_MANIFEST, '');
  const dollarLine = { ...JSON.parse(carriedLine(lab)) as object, [`$${ATTRIBUTE}-object-id`]: '1', $sequencer: '1' };
  await text(DOLLAR_MANIFEST, `${JSON.stringify(dollarLine)}\n`);
}
