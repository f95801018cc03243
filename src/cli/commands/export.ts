import { CliCommand, CommonOptions, forProject } from '../command';
import { giveOrder, showOrder } from '../order';
import { count, field } from '../text';

/** The data set, compacted now. */
export const exportDataSet: CliCommand = {
  register(program, context) {
    forProject(program.command('export'))
      .description('write the data set with every label that is recorded now, as one manifest')
      .option('--by <name>', 'who orders it, for the ledger (default: your user name)')
      .action(async (options: CommonOptions & { readonly by?: string }) => {
        const project = await context.connect(options);
        const answer = await giveOrder(context, project, { command: 'export', by: options.by });
        showOrder(context, options, answer, (columns) => [
          `Done: ${count(answer.order?.lines ?? 0, 'labeled image')} in the data set.`,
          ...field('manifest', answer.order?.uri ?? '', columns),
          ...field('next', `aws s3 cp ${answer.order?.uri} .`, columns),
        ]);
      });
  },
};
