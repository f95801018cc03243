import { LeftOver } from './clean-up';
import { Fact, facts } from './facts';
import { Observations } from './observations';
import { placeOf } from './stage';
import { Verdict, judge } from './verdicts';
import { count, hanging } from '../text';

/** What is printed, and what a program reads. */
export interface ProbeReport {
  readonly schema: 1;
  readonly id: string;
  readonly region: string;
  readonly account: string;
  readonly questions: readonly {
    readonly id: string;
    readonly question: string;
    readonly verdict: Verdict['kind'];
    /** In words. */
    readonly answer?: string;
    /** Whether it is what the simulator takes for granted unless told otherwise. */
    readonly asAssumed?: boolean;
    readonly detail?: string;
  }[];
  readonly facts: readonly Fact[];
  readonly observations: Observations;
  /** What could not be removed. */
  readonly leftOver: readonly LeftOver[];
}

export function reportOf(workTeam: string, id: string, seen: Observations, leftOver: readonly LeftOver[]): ProbeReport {
  const questions = judge(seen).map(({ question, verdict }) => ({
    id: question.id,
    question: question.question,
    verdict: verdict.kind,
    ...(verdict.kind === 'answer'
      ? { answer: question.answers[verdict.answer].means, asAssumed: verdict.answer === 0, detail: verdict.detail }
      : { detail: verdict.kind === 'other' ? verdict.detail : verdict.because }),
  }));
  const { region, account } = placeOf(workTeam);
  return { schema: 1, id, region, account, questions, facts: facts(seen), observations: seen, leftOver };
}

const VERDICTS: { readonly [kind in Verdict['kind']]: string } = {
  'answer': 'seen:', 'other': 'seen, and not thought of:', 'not-seen': 'not seen:', 'not-observable': 'not observable by a probe:',
};

export function reportLines({ questions, facts: all, region, leftOver }: ProbeReport, columns: number): string[] {
  const of = (kind: Verdict['kind']): number => questions.filter(({ verdict }) => verdict === kind).length;
  const odd = all.filter(({ differs }) => differs !== undefined);
  return [
    `Open questions about Ground Truth, as ${region} answers them`,
    ...questions.flatMap(({ id, question, verdict, answer, detail }) => [
      '',
      ...hanging(`${question} (${id})`, columns),
      ...hanging(`${VERDICTS[verdict]} ${[answer, detail].filter((part) => part !== undefined && part !== '').join('; ')}`, columns, '  '),
    ]),
    '',
    'What AWS documents',
    ...all.flatMap(({ fact, differs }) => hanging(differs === undefined ? `as expected: ${fact}` : `DIFFERS: ${fact}: ${differs}`, columns, '  ', '    ')),
    '',
    ...hanging(`${count(of('answer'), 'answer')}, ${of('other')} not thought of, ${of('not-seen')} not seen, ${of('not-observable')} not observable; `
      + `${count(all.length, 'fact')}, ${odd.length} differ.`, columns),
    ...hanging('Please send the output of --json to the project, where answers are new or facts differ: it holds account ids and ARNs, which may be blacked out.', columns),
    ...leftOver.length === 0 ? [] : ['', ...leftOverLines(leftOver, columns)],
  ];
}

export function leftOverLines(things: readonly LeftOver[], columns: number): string[] {
  return ['Left over:', ...things.flatMap(({ what, because }) => hanging(`${what}: ${because}`, columns, '  ', '    '))];
}
