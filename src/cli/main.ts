import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { connect } from './aws/connect';
import { openAccount } from './aws/probe-account';
import { EXIT } from './errors';
import { runCli } from './program';

/** The package's version, which the bundle knows by itself: a pipeline runs this file where there is no package around it. */
declare const PACKAGE_VERSION: string;

// its advice is for users of the SDK, not of a tool
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

async function confirm(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY) {
    return undefined;
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  // while a question is read, the terminal hands Ctrl-C to the reader
  reader.once('SIGINT', () => {
    if (!process.emit('SIGINT', 'SIGINT')) {
      process.kill(process.pid, 'SIGINT');
    }
    left.abort();
  });
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `, left)).trim());
  } catch (error) {
    if (left.signal.aborted) {
      return false;
    }
    throw error;
  } finally {
    reader.close();
  }
}

function onInterrupt(listener: () => void): () => void {
  // `once`: the next one is nobody's and ends the process
  process.once('SIGINT', listener);
  process.once('SIGTERM', listener);
  return () => {
    process.removeListener('SIGINT', listener);
    process.removeListener('SIGTERM', listener);
  };
}

/** Who reads may stop to, as `head` does: then there is nobody to write for. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      throw error;
    }
    process.exit(EXIT.FAILED);
  });
}

void runCli(process.argv.slice(2), {
  out: process.stdout, err: process.stderr, connect, openAccount, onInterrupt, confirm, user: userName(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}, PACKAGE_VERSION).then((code) => { process.exitCode = code; });
