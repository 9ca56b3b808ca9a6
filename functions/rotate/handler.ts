import { createExchange } from '../shared/exchange/exchange.ts';
import type { FunctionDeps } from '../shared/runtime/function-deps.ts';
import { createLog, type Log } from '../shared/runtime/log.ts';
import { createMetricFields } from '../shared/runtime/metrics.ts';
import { createHandleRevocation, type RevocationResult } from './revocation/handle-revocation.ts';
import { isRevocationEvent } from './revocation/revocation-event.ts';
import { createRevoke } from './revocation/revoke.ts';
import { createRotate, type RotationOutcome } from './rotate.ts';
import { asRotationError } from './rotation-error.ts';
import { parseRotationEvent, type RotationEvent } from './rotation-event.ts';
import { createRotationLog } from './rotation-log.ts';
import { createSecretVersions } from './secret-versions.ts';
import { createTestCredentials } from './test-credentials.ts';

/** @throws RotationError, which tells Secrets Manager that its step has failed */
export type RotationHandler = (event: unknown, context: InvocationContext) => Promise<StepResult | RevocationResult>;

/** For the operator's command, which asks for `testPrevious`. Secrets Manager does not read it. */
export type StepResult =
  | { readonly outcome: RotationOutcome }
  | { readonly outcome: 'failed'; readonly error: string; readonly description: string };

export interface InvocationContext {
  readonly awsRequestId?: string;
  getRemainingTimeInMillis(): number;
}

/** Reserved from the invocation's time, so that a failure is still logged. */
const logReserveMs = 500;

/** Wires the rotation function. It keeps nothing between two steps. */
export function createRotationHandler(deps: FunctionDeps): RotationHandler {
  const { now, wallClock, random, sleep } = deps;
  const { providers, logLevel } = deps.config;
  const writeLine = createLog(deps.write, logLevel, wallClock);
  let lambdaRequestId: string | undefined;
  const log: Log = (record) => writeLine({ lambdaRequestId, ...record });
  const rotationLog = createRotationLog(log, createMetricFields(deps.functionName, wallClock));
  const versions = createSecretVersions(deps.secretsManager);
  const rotate = createRotate({
    providers,
    versions,
    testCredentials: createTestCredentials({
      exchange: createExchange({ send: deps.http.send, now, wallClock, random }),
      now,
      random,
      sleep,
    }),
    sleep,
  });
  const revoke = createRevoke({ providers, versions, send: deps.http.send, now, wallClock, random, sleep });
  const handleRevocation = createHandleRevocation(revoke, log, now);
  return async function handle(rawEvent, context) {
    const startedAtMs = now();
    const deadlineMs = startedAtMs + context.getRemainingTimeInMillis() - logReserveMs;
    // An instance runs one invocation at a time.
    lambdaRequestId = context.awsRequestId;
    if (isRevocationEvent(rawEvent)) return handleRevocation(rawEvent, deadlineMs);
    const milliseconds = () => Math.round(now() - startedAtMs);
    let event: RotationEvent | undefined;
    try {
      event = parseRotationEvent(rawEvent);
      const outcome = await rotate(event, deadlineMs);
      rotationLog.done(event, outcome, milliseconds());
      return { outcome };
    } catch (thrown) {
      const subject = event?.step === 'testPrevious' ? 'the credentials of AWSPREVIOUS' : 'the new credentials';
      const error = asRotationError(thrown, subject);
      rotationLog.failed(event, error, milliseconds());
      if (event?.step !== 'testPrevious') throw error;
      return { outcome: 'failed', error: error.code, description: error.message };
    }
  };
}
