import { CliCommand, CommonOptions, forProject, show } from '../command';
import { find } from '../find';
import { dropLines, imageLines } from '../story-text';

/** The whole history of one drop or image. */
export const explain: CliCommand = {
  register(program, context) {
    forProject(program.command('explain'))
      .description('tell what became of a drop or an image: when, which job, labels, reasons')
      .argument('<what>', 'key or s3:// URI of a drop or an image, or the sha256 of a drop\'s bytes')
      .action(async (what: string, options: CommonOptions) => {
        const project = await context.connect(options);
        const found = await find(project.ledger(), project.facts, what);
        show(context, options, found, (columns) => [
          ...found.drops.flatMap((story, index) => [...(index > 0 ? [''] : []), ...dropLines(story, columns)]),
          ...(found.image ? imageLines(found.image, columns) : []),
        ]);
      });
  },
};
