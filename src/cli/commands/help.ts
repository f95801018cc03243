import { Command } from 'commander';
import { nearest } from '../../lint/text';
import { CliCommand } from '../command';

/** The help of a command by its name. Commander's own says nothing of a name that it does not know. */
export const help: CliCommand = {
  register(program) {
    program.helpCommand(false).command('help')
      .description('show the help of a command')
      .argument('[command...]', 'its name')
      .action((names: readonly string[]) => names.reduce(commandOf, program).help());
  },
};

function commandOf(group: Command, name: string): Command {
  const found = group.commands.find((command) => command.name() === name);
  if (found === undefined) {
    const meant = nearest(name, group.commands.map((command) => command.name()));
    group.error(`error: unknown command '${name}'${meant === undefined ? '' : `\n(Did you mean ${meant}?)`}`, { code: 'commander.unknownCommand' });
  }
  return found;
}
