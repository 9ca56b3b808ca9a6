import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

const requirementsFile = join(import.meta.dirname, '../requirements.txt');

/**
 * Makes a Python environment with the packages of `requirements.txt`. It is kept until that file changes.
 *
 * @returns the folder with its programs
 * @throws Error that says what to install if there is no Python 3
 */
export async function preparePythonEnvironment(directory: string): Promise<string> {
  const python = await findPython();
  const bin = join(directory, 'bin');
  const stampFile = join(directory, 'stamp');
  const stamp = createHash('sha256')
    .update(await readFile(requirementsFile))
    .digest('hex');
  if ((await readFile(stampFile, 'utf8').catch(() => undefined)) === stamp) return bin;
  await rm(directory, { recursive: true, force: true });
  await runCommand(python, ['-m', 'venv', directory]).catch((error: Error) => {
    throw new Error(
      `${python} cannot make a virtual environment (Debian, Ubuntu: apt install python3-venv).\n${error.message}`,
    );
  });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirementsFile];
  await runCommand(join(bin, 'python'), install);
  await writeFile(stampFile, stamp);
  return bin;
}

/** The packages of `requirements.txt` need 3.11. */
async function findPython(): Promise<string> {
  const condition = 'import sys; sys.exit(sys.version_info < (3, 11))';
  for (const candidate of ['python3', 'python']) {
    try {
      await runCommand(candidate, ['-c', condition]);
      return candidate;
    } catch {
      // Perhaps the next one.
    }
  }
  throw new Error(
    'npm run test:e2e needs Python 3.11 or newer as python3 on the PATH: MiniStack, the stand-in for AWS that it deploys ' +
      'to, and cfn-lint are Python packages. Everything else (npm start, npm test) does without.',
  );
}
