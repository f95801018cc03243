import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** What instructions are taken from. */
export interface BoundSource {
  /** Of the instructions, below the root of the source. */
  readonly folder: string;
  /** Name of the source action's provider. */
  readonly provider: string;
  readonly configuration: { readonly [name: string]: unknown };
  /** The action's variable that tells one push from another. */
  readonly revision: string;
  /** What the pipeline must be allowed. */
  readonly statements: readonly PolicyStatement[];
}

/** Names of what stages hand on. */
export const ARTIFACT = { SOURCE: 'Source', TOOL: 'Tool', FOLDER: 'Folder' } as const;

const TASK_FILE = '"${TMPDIR:-/tmp}/labeling-task.json"';

/** A line that no JSON in one line is. */
const END = 'END-OF-TASK';

/**
 * How CodeBuild checks a folder: with the command line tool that comes as a second input, on the image's own Node, so that nothing is
 * downloaded. What is handed on is the folder and nothing else of the source.
 *
 * @param task the whole task as JSON in one line
 */
export function lintSpecification(folder: string, task: string, strict: boolean): object {
  return {
    version: '0.2',
    phases: {
      build: {
        commands: [
          `cat > ${TASK_FILE} <<'${END}'\n${task}\n${END}\n`,
          `node "$CODEBUILD_SRC_DIR_${ARTIFACT.TOOL}/index.js" lint "${folder}" --task-file ${TASK_FILE}${strict ? ' --strict' : ''}`,
        ],
      },
    },
    artifacts: { 'base-directory': folder, 'files': ['**/*'] },
  };
}
