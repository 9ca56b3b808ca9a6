import { refuseSecret, type SecretsScript } from '../support/faulty-secrets-manager.ts';

/** A fault of Secrets Manager, and what must follow when the secret was never read. */
export interface SecretsFault {
  readonly name: string;
  readonly script: SecretsScript;
  readonly status: number;
  readonly error: string;
  /** The `reason` in the log. */
  readonly reason: string;
  /** How many requests one vend sends: the SDK sends two where that can help. */
  readonly reads: number;
}

const passing = { status: 503, error: 'temporarily_unavailable', reads: 2 };
const lasting = { status: 500, error: 'server_error', reads: 1 };

const answerSecret =
  (SecretString: string): SecretsScript =>
  (response) => {
    response.end(JSON.stringify({ ARN: 'arn', Name: 'name', VersionId: 'a-broken-version', SecretString }));
  };

export const secretsFaults: readonly SecretsFault[] = [
  { name: 'throttling', script: refuseSecret(400, 'ThrottlingException'), ...passing, reason: 'secret_throttled' },
  { name: '500', script: refuseSecret(500, 'InternalServiceError'), ...passing, reason: 'secret_unavailable' },
  {
    name: '503 with HTML',
    script: (response) => void response.writeHead(503).end('<html>'),
    ...passing,
    reason: 'secret_unavailable',
  },
  { name: 'connection reset', script: (response) => void response.destroy(), ...passing, reason: 'secret_unavailable' },
  { name: 'no answer', script: () => {}, ...passing, reason: 'secret_timeout' },
  {
    name: 'access denied',
    script: refuseSecret(400, 'AccessDeniedException'),
    ...lasting,
    reason: 'secret_access_denied',
  },
  {
    name: 'access to the key denied',
    script: refuseSecret(400, 'AccessDeniedException', 'Access to KMS is not allowed'),
    ...lasting,
    reason: 'secret_kms_access_denied',
  },
  {
    name: 'key disabled',
    script: refuseSecret(400, 'DecryptionFailure'),
    ...lasting,
    reason: 'secret_decryption_failed',
  },
  {
    name: 'secret not found',
    script: refuseSecret(400, 'ResourceNotFoundException'),
    ...lasting,
    reason: 'secret_not_found',
  },
  {
    name: 'secret deleted',
    script: refuseSecret(400, 'InvalidRequestException'),
    ...lasting,
    reason: 'secret_deleted',
  },
  { name: 'secret that is no JSON', script: answerSecret('canary'), ...lasting, reason: 'secret_not_json' },
  {
    name: 'secret without a field',
    script: answerSecret('{"client_id":"canary"}'),
    ...lasting,
    reason: 'secret_field_missing',
  },
];
