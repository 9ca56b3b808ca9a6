// How a process says when it begins to load its function: by a line of its output.
const pattern = /^bench: load starts at (\d+(?:\.\d+)?) ms$/;

/** @param atMs of the system's clock */
export function loadStartLine(atMs: number): string {
  return `bench: load starts at ${atMs} ms`;
}

/** Undefined for any other line. */
export function parseLoadStart(line: string): number | undefined {
  const atMs = pattern.exec(line)?.[1];
  return atMs === undefined ? undefined : Number(atMs);
}
