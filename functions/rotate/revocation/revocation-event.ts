import { isText } from '../../shared/runtime/json.ts';
import { RotationError } from '../rotation-error.ts';

/** What an operator's command sends to have a leaked token revoked. */
export interface RevocationEvent {
  readonly provider: string;
  /** Never logged. */
  readonly token: string;
}

const revocationStep = 'revokeToken';

/** RFC 6749 appendix A.12, without spaces. */
export const tokenPattern = /^[\x21-\x7e]{1,16384}$/;

export function buildRevocationEvent({ provider, token }: RevocationEvent): object {
  return { Step: revocationStep, Provider: provider, Token: token };
}

/** Whether an event of the rotation function is an operator's and no step of a rotation. */
export function isRevocationEvent(event: unknown): boolean {
  return readFields(event)['Step'] === revocationStep;
}

/** @throws RotationError `malformed_event` */
export function parseRevocationEvent(event: unknown): RevocationEvent {
  const { Provider: provider, Token: token } = readFields(event);
  if (isText(provider) && isText(token) && tokenPattern.test(token)) return { provider, token };
  throw new RotationError(
    'malformed_event',
    'This event does not ask for a revocation: it must have Provider and Token.',
  );
}

function readFields(event: unknown): Readonly<Record<string, unknown>> {
  return typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {};
}
