import { isText } from '../shared/runtime/json.ts';
import { RotationError } from './rotation-error.ts';

/** Secrets Manager's steps, in its order. */
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** `testPrevious` is the operator's command's: does AWSPREVIOUS work? It asks before a rollback moves any label. */
const allSteps = [...rotationSteps, 'testPrevious'] as const;

export type RotationStep = (typeof allSteps)[number];

/** What Secrets Manager sends. https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html */
export interface RotationEvent {
  /** ARN of the secret. */
  readonly secretId: string;
  /** Id of the version that is to become AWSCURRENT. */
  readonly versionId: string;
  readonly step: RotationStep;
}

/** @throws RotationError `malformed_event` or `unknown_step` */
export function parseRotationEvent(event: unknown): RotationEvent {
  const fields = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>;
  const { SecretId: secretId, ClientRequestToken: versionId, Step: step } = fields;
  if (!isText(secretId) || !isText(versionId) || !isText(step)) {
    throw new RotationError(
      'malformed_event',
      'This is not an event from Secrets Manager: it must have SecretId, ClientRequestToken and Step.',
    );
  }
  const known = allSteps.find((name) => name === step);
  if (known !== undefined) return { secretId, versionId, step: known };
  throw new RotationError('unknown_step', `The step must be one of ${allSteps.join(', ')}.`);
}
