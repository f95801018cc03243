import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { connect } from './aws/connect';
import { runCli } from './program';

// its advice is for users of the SDK, not of a tool
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

function version(): string {
  // assets/cli/index.js lies two folders below the package
  return (JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string }).version;
}

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
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
  } finally {
    reader.close();
  }
}

void runCli(process.argv.slice(2), {
  out: process.stdout, err: process.stderr, connect, confirm, user: userName(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}, version()).then((code) => { process.exitCode = code; });
