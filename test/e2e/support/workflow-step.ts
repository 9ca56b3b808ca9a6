import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runCommand } from './run-command.ts';

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>
  >;
}

export interface StepRun {
  readonly output: string;
  readonly failed: boolean;
  /** Calls of the programs that have a stand-in, one per line with its arguments. */
  readonly calls: readonly string[];
  /** What the step has written for later ones. */
  readonly outputs: string;
}

export interface StepOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Program → what its stand-in does, in bash. Each call is recorded first. */
  readonly programs: Readonly<Record<string, string>>;
  /** Where the step runs; it is emptied first, but for `files`. */
  readonly directory: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** Runs the shell of one step as GitHub's runner does: `bash --noprofile --norc -eo pipefail`. */
export async function runStep(file: string, job: string, name: string, options: StepOptions): Promise<StepRun> {
  const workflow = parse(await readFile(file, 'utf8')) as Workflow;
  const script = workflow.jobs[job]?.steps.find((step) => step.name === name)?.run;
  if (script === undefined) throw new Error(`${file} has no step ${job} / ${name} with a run`);
  const { directory, programs, files = {} } = options;
  const [bin, callsFile, outputsFile] = ['bin', 'calls', 'outputs'].map((entry) => join(directory, `.${entry}`)) as [
    string,
    string,
    string,
  ];
  await rm(directory, { recursive: true, force: true });
  await mkdir(bin, { recursive: true });
  const written = { '.calls': '', '.outputs': '', 'step.sh': script, ...files };
  for (const [path, text] of Object.entries(written)) await writeFile(join(directory, path), text);
  for (const [program, body] of Object.entries(programs)) {
    const path = join(bin, program);
    await writeFile(
      path,
      `#!/usr/bin/env bash\necho "${program} $*" | tr '\\n' ' ' >> '${callsFile}'; echo >> '${callsFile}'\n${body}\n`,
    );
    await chmod(path, 0o755);
  }
  const env = { ...options.env, PATH: `${bin}:${process.env['PATH']}`, GITHUB_OUTPUT: outputsFile };
  let failed = false;
  const output = await runCommand('bash', ['--noprofile', '--norc', '-eo', 'pipefail', 'step.sh'], {
    cwd: directory,
    env,
  }).catch((error: Error) => {
    failed = true;
    return error.message;
  });
  const calls = (await readFile(callsFile, 'utf8')).split('\n').filter((line) => line !== '');
  return { output, failed, calls: calls.map((line) => line.trim()), outputs: await readFile(outputsFile, 'utf8') };
}
