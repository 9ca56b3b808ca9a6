import { openSync, writeSync } from 'node:fs';

/**
 * A file for the function's log, readable by its owner only. It is emptied at the first line, not before: until then it may
 * belong to a stack that is already running.
 */
export function createFunctionLog(path: string): (line: string) => void {
  let file: number | undefined;
  return function writeLine(line) {
    file ??= openSync(path, 'w', 0o600);
    writeSync(file, `${line}\n`);
  };
}
