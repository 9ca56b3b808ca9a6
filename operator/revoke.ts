import { fingerprintOf } from '../functions/shared/exchange/access-token.ts';
import { readExpiry, readLeakedToken } from './leaked-token.ts';
import { describeError } from './operator-error.ts';
import { askForRevocation } from './revocation/ask-for-revocation.ts';
import { describeSteps, judge } from './revocation/judge.ts';
import { exitCodes, parseRevokeOptions, usage } from './revocation/options.ts';
import { replaceInFleet } from './revocation/replace-in-fleet.ts';
import { findTarget } from './target.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

async function run(args: readonly string[]): Promise<number> {
  const options = parseRevokeOptions(args);
  if (options === undefined) {
    process.stdout.write(usage);
    return exitCodes.revoked;
  }
  const { environment, isInProcess } = options;
  const target = await findTarget(options);
  const { provider } = target;
  const token = await readLeakedToken();
  const fingerprint = fingerprintOf(token);
  const steps = () => describeSteps(environment, provider, fingerprint, readExpiry(token));
  say(`Token ${fingerprint} (SHA-256)`);
  if (provider.revocationUrl === undefined) {
    say(`${provider.name} has no revocationUrl in its settings, so the token cannot be revoked from here.\n${steps()}`);
    return exitCodes.cannotBeRevoked;
  }
  const result = await askForRevocation(target, provider.name, token, isInProcess);
  const { verdict, text } = judge(result, provider);
  say(text);
  if (result.outcome === 'done' && verdict !== 'cannotBeRevoked') {
    say(await replaceInFleet(options, provider, fingerprint, result.scope));
  }
  if (verdict !== 'revoked') say(steps());
  return exitCodes[verdict];
}

try {
  process.exit(await run(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(exitCodes.failed);
}
