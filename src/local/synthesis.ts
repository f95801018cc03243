import { checkInstructions } from './preview/folder';
import { SynthesisChecks } from '../contract/template-lint';
import lint from '../lint';

export * from '../lint';
export { checkInstructions };

/** What constructs load as `assets/lint`, because they import none of it; that it keeps its contract is checked here. */
const contract: SynthesisChecks = { ...lint, checkInstructions };
export default contract;
