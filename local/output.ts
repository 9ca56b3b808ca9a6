import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { findCertainExcess } from '../infra/aws-limits.ts';
import type { Answered } from './gateway/gateway.ts';
import type { StackDescription } from './stack.ts';

/** What the terminal says when the stack is ready. */
export function describeStack(
  stack: StackDescription,
  files: { stack: string; log: string; rotationLog: string },
): string {
  const all = Object.entries(stack.providers);
  const providers = all
    .slice(0, maxProvidersShown)
    .map(([name, { tokenUrl }]) => `  provider ${name.padEnd(15)} ${tokenUrl}`);
  if (all.length > providers.length) {
    providers.push(`  and ${all.length - providers.length} providers more     ${files.stack}`);
  }
  return `
Token vending runs on this machine only. Ctrl-C stops it.

  endpoint                 ${stack.endpoint}
  Secrets Manager          ${stack.secretsManager}
${describeTokenStore(stack)}${providers.join('\n')}
  the callers' keys        ${files.stack}
  the functions' logs      ${files.log}, ${files.rotationLog}

Get a token:

  ${curlCommand(stack)}

Read the secret behind it:

  ${secretCommand(stack)}

${describeExcess(all.length)}`;
}

const maxProvidersShown = 20;

/** What AWS would not take, although it works here. */
function describeExcess(providers: number): string {
  const lines = findCertainExcess(providers).map((line) => `  ${line}\n`);
  if (lines.length === 0) return '';
  return `AWS does not take ${providers} providers in one environment; use a second environment there:\n\n${lines.join('')}\n`;
}

function describeTokenStore({ tokenStore }: StackDescription): string {
  return tokenStore === undefined
    ? ''
    : `  token store              ${tokenStore.endpoint}, table ${tokenStore.table}\n`;
}

/** A command that gets a token as it stands. */
function curlCommand({ endpoint, region, callers, providers }: StackDescription): string {
  const caller = callers['orders'];
  const [provider] = Object.keys(providers);
  return `curl -sS --aws-sigv4 aws:amz:${region}:execute-api --user '${caller?.accessKeyId}:${caller?.secretAccessKey}' -H 'x-amz-security-token: ${caller?.sessionToken}' -X POST ${endpoint}/tokens/${provider}`;
}

function secretCommand({ secretsManager, region, providers }: StackDescription): string {
  const secretId = Object.values(providers)[0]?.secretId;
  return `AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws secretsmanager get-secret-value --endpoint-url ${secretsManager} --region ${region} --secret-id ${secretId}`;
}

/** One readable line per request. It is given no token. */
export function describeAnswered({ method, path, status, caller, source, milliseconds, failure }: Answered): string {
  const line = `${status} ${method} ${path} ${caller ?? '-'} ${source ?? '-'} ${milliseconds.toFixed(1)} ms`;
  return failure === undefined ? `${line}\n` : `${line}\n    ${failure}\n`;
}

/** Beyond this a log makes room for a new one. */
const maxLogBytes = 16 * 1024 * 1024;

/**
 * A file for the lines that a function writes, readable by its owner only. It is emptied at the first line and not before:
 * until then it may belong to a stack that is already running. When it is full it becomes `{path}.1`, and the one before is
 * dropped.
 */
export class FunctionLog {
  readonly #path: string;
  readonly #maxBytes: number;
  #file: number | undefined;
  #bytes = 0;

  constructor(path: string, maxBytes = maxLogBytes) {
    this.#path = path;
    this.#maxBytes = maxBytes;
  }

  write(line: string): void {
    this.#file ??= this.#start();
    this.#bytes += writeSync(this.#file, `${line}\n`);
    if (this.#bytes < this.#maxBytes) return;
    closeSync(this.#file);
    renameSync(this.#path, this.#older);
    this.#file = openNew(this.#path);
    this.#bytes = 0;
  }

  #start(): number {
    rmSync(this.#older, { force: true });
    return openNew(this.#path);
  }

  get #older(): string {
    return `${this.#path}.1`;
  }
}

/** Removed first, because a file that exists keeps its mode. */
function openNew(path: string): number {
  rmSync(path, { force: true });
  return openSync(path, 'w', 0o600);
}
