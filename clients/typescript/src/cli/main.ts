#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { systemRuntime } from '../clock.ts';
import { oneLine } from '../vend/one-line.ts';
import { assembleClient } from '../vending-client.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import { exec } from './exec.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { serveProxy } from './proxy.ts';
import { printToken } from './token.ts';
import { usage } from './usage.ts';

/** @returns the exit code; undefined while the proxy serves */
async function run(args: Arguments): Promise<number | undefined> {
  if (args.command === 'help') return print(usage);
  if (args.command === 'version') return print(`${readVersion()}\n`);
  const { client } = assembleClient({ endpoint: args.endpoint, region: args.region }, systemRuntime());
  switch (args.command) {
    case 'token':
      return print(await printToken(client, args));
    case 'exec':
      return exec(client, args);
    case 'proxy':
      print(`${await serveProxy(client, args)}\n`);
      return undefined;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return exitCodes.done;
}

function readVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

let args: Arguments | undefined;
try {
  args = parseArguments(process.argv.slice(2));
  process.exitCode = await run(args);
} catch (error) {
  process.stderr.write(`token-vending: ${error instanceof Error ? oneLine(error.message) : 'unexpected failure'}\n`);
  const code = exitCodeOf(error);
  process.exitCode = args?.command === 'exec' && code !== exitCodes.usage ? exitCodes.execFailed : code;
}
