import { readFile } from 'node:fs/promises';

/** What the rotation function wrote of one step. */
export interface LoggedStep {
  readonly step: string;
  readonly outcome: string;
  readonly description: string | undefined;
}

/** The steps of a version's rotation so far, from the local stack's log; none where there is no such file. */
export async function readLoggedSteps(logFile: string | undefined, versionId: string): Promise<readonly LoggedStep[]> {
  if (logFile === undefined) return [];
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line.endsWith('}') && line.includes(versionId))
    .map((line) => JSON.parse(line) as LoggedStep);
}
