import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type RotatingStack, secretId } from './rotating-stack.ts';

/** `hard`: the provider refuses the old secret before the rotation begins. `overlap`: only after the rotation. */
export type Kind = 'overlap' | 'hard' | 'hard, interrupted between every pair of steps';

export interface Rotated {
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
  /** When the provider began to refuse the old secret. */
  readonly cutOverAtMs: number;
  /** When the new version was seen to be AWSCURRENT. */
  readonly promotedAtMs: number;
}

const timeoutMs = 20_000;

/** One rotation, as an operator does it. @throws Error when it does not finish */
export async function rotateOnce(stack: RotatingStack, kind: Kind): Promise<Rotated> {
  const from = currentVersion(stack);
  const to = randomUUID();
  const content = await makeSecret(stack);
  stage(stack, to, JSON.stringify(content));
  let cutOverAtMs = kind === 'overlap' ? undefined : cutOver(stack, content);
  for (const step of kind.includes('interrupted') ? ['setSecret', 'testSecret', 'finishSecret'] : []) {
    stack.interruptBefore(step);
    stack.store.RotateSecret({ SecretId: secretId, ClientRequestToken: to });
    await setTimeout(300);
    if (currentVersion(stack) !== from) throw new Error('An interrupted rotation has promoted its version.');
  }
  stack.store.RotateSecret({ SecretId: secretId, ClientRequestToken: to });
  await until(() => currentVersion(stack) === to);
  const promotedAtMs = Date.now();
  cutOverAtMs ??= cutOver(stack, content);
  return { kind, from, to, cutOverAtMs, promotedAtMs };
}

/** Stages credentials that the provider refuses. @returns whether they were promoted nevertheless */
export async function rotateToWrong(stack: RotatingStack): Promise<boolean> {
  const wrong = randomUUID();
  stage(stack, wrong, '{"client_id":"bench-client","client_secret":"a-typing-error"}');
  stack.store.RotateSecret({ SecretId: secretId, ClientRequestToken: wrong });
  await setTimeout(1000);
  return currentVersion(stack) === wrong;
}

interface NewSecret {
  readonly client_id: string;
  readonly client_secret: string;
}

async function makeSecret({ prove }: RotatingStack): Promise<NewSecret> {
  const portal = new URL('/admin/credentials', prove.tokenUrl);
  return (await (await fetch(portal, { method: 'POST', body: 'overlap=true' })).json()) as NewSecret;
}

function cutOver({ prove }: RotatingStack, { client_id: clientId, client_secret: clientSecret }: NewSecret): number {
  prove.setCredentials({ clientId, clientSecret });
  return Date.now();
}

function stage({ store }: RotatingStack, ClientRequestToken: string, SecretString: string): void {
  store.PutSecretValue({ SecretId: secretId, ClientRequestToken, SecretString, VersionStages: ['AWSPENDING'] });
}

function currentVersion({ store }: RotatingStack): string {
  return (store.GetSecretValue({ SecretId: secretId }) as { VersionId: string }).VersionId;
}

async function until(isDone: () => boolean): Promise<void> {
  const giveUpAtMs = Date.now() + timeoutMs;
  while (!isDone()) {
    if (Date.now() > giveUpAtMs) throw new Error('The rotation has not finished.');
    await setTimeout(20);
  }
}
