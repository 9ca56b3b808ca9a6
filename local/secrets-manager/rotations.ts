import { randomUUID } from 'node:crypto';
import { current, findByStage, moveStage, pending, type Secret } from './secret.ts';
import { checkToken } from './secret-content.ts';
import { invalidParameter, invalidRequest } from './secrets-manager-error.ts';
import type { OperationInput } from './secrets-manager-requests.ts';

/** The Lambda function that rotates secrets. */
export interface RotationFunction {
  readonly arn: string;
  invoke(event: unknown): Promise<unknown>;
}

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/**
 * Rotations as Secrets Manager runs them: RotateSecret answers at once, then the four steps run in order until one fails. A
 * rotation that is requested while another one of the secret is running follows it. AWS retries a failed rotation later; here
 * only RotateSecret does.
 */
export class Rotations {
  readonly #rotationFunction: RotationFunction | undefined;
  readonly #now: () => number;
  /** The version whose steps are running. */
  readonly #running = new Map<Secret, string>();
  /** The version that comes next. */
  readonly #next = new Map<Secret, string>();

  constructor(rotationFunction: RotationFunction | undefined, now: () => number) {
    this.#rotationFunction = rotationFunction;
    this.#now = now;
  }

  /** @returns the version that should become AWSCURRENT; undefined if rotation was only switched on */
  rotate(secret: Secret, input: OperationInput<'RotateSecret'>): string | undefined {
    checkToken(input.ClientRequestToken);
    this.#switchOn(secret, input.RotationLambdaARN);
    if (input.RotateImmediately === false) return undefined;
    const pendingId = findByStage(secret, pending)?.id;
    const isIncomplete = pendingId !== undefined && pendingId !== findByStage(secret, current)?.id;
    const versionId = input.ClientRequestToken ?? randomUUID();
    if (isIncomplete && pendingId !== versionId) {
      void this.#run(secret, pendingId);
      throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
    }
    this.#label(secret, versionId);
    void this.#run(secret, versionId);
    return versionId;
  }

  #switchOn(secret: Secret, arn: string | undefined): void {
    if (arn !== undefined && arn !== this.#rotationFunction?.arn) {
      throw invalidParameter('Secrets Manager cannot invoke the specified Lambda function.');
    }
    secret.rotationFunctionArn ??= arn;
    if (secret.rotationFunctionArn !== undefined) return;
    throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
  }

  /** Makes the version AWSPENDING before the function is called; without content, unless it has some already. */
  #label(secret: Secret, id: string): void {
    const known = secret.versions.get(id);
    if (known?.stages.has(current) === true) return;
    const stages = new Set<string>();
    const version = known ?? { id, content: undefined, createdAtSeconds: this.#now() / 1000, stages };
    secret.versions.set(id, version);
    moveStage(secret, pending, version);
  }

  async #run(secret: Secret, versionId: string): Promise<void> {
    const runningId = this.#running.get(secret);
    if (runningId !== undefined) {
      if (runningId !== versionId) this.#next.set(secret, versionId);
      return;
    }
    this.#running.set(secret, versionId);
    try {
      await this.#runSteps(secret, versionId);
    } catch {
      // The function's own log says why; DescribeSecret shows that AWSPENDING has not become AWSCURRENT.
    }
    this.#running.delete(secret);
    const nextId = this.#next.get(secret);
    this.#next.delete(secret);
    if (nextId !== undefined) await this.#run(secret, nextId);
  }

  async #runSteps(secret: Secret, versionId: string): Promise<void> {
    for (const Step of steps) {
      await this.#rotationFunction?.invoke({ SecretId: secret.arn, ClientRequestToken: versionId, Step });
    }
    secret.lastRotatedAtSeconds = this.#now() / 1000;
  }
}
