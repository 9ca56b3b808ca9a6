import { openSync, writeSync } from 'node:fs';

/**
 * A file for the lines that the function writes, readable by its owner only. It is emptied at the first line and not
 * before: until then it may be the file of a stack that runs already.
 */
export function createFunctionLog(path: string): (line: string) => void {
  let file: number | undefined;
  return function writeLine(line) {
    file ??= openSync(path, 'w', 0o600);
    writeSync(file, `${line}\n`);
  };
}
