// How the tools of this project are run from npm.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './stamp.mjs';

// Ctrl-C reaches the tool by itself; these are sent to one process alone
const FORWARDED = ['SIGTERM', 'SIGHUP'];

/** Runs a tool to its end, which is never silent: what kills it is said. Answers its exit code, as a shell would. */
export function runTool(tool, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [tool, ...args], { cwd: ROOT, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    FORWARDED.forEach((signal) => process.on(signal, forward));
    child.once('error', (error) => {
      console.error(`${tool} cannot be run: ${error.message}`);
      resolve(1);
    });
    child.once('close', (code, signal) => {
      FORWARDED.forEach((each) => process.off(each, forward));
      if (signal !== null) {
        console.error(`\n${tool}\nwas ended by ${signal}${signal === 'SIGKILL' ? ', from outside or because memory ran out' : ''}, and did not finish.`);
      }
      resolve(signal === null ? code : 128 + constants.signals[signal]);
    });
  });
}
