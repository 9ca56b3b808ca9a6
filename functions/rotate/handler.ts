import { createExchange } from '../shared/exchange/exchange.ts';
import type { FunctionDeps } from '../shared/runtime/function-deps.ts';
import { createLog } from '../shared/runtime/log.ts';
import { createMetricFields } from '../shared/runtime/metrics.ts';
import { asRotationError } from './describe-failure.ts';
import { createRotate } from './rotate.ts';
import { parseRotationEvent, type RotationEvent } from './rotation-event.ts';
import { createRotationLog } from './rotation-log.ts';
import { createSecretVersions } from './secret-versions.ts';
import { createTestCredentials } from './test-credentials.ts';

/** @throws RotationError, by which Secrets Manager knows that the step has failed */
export type RotationHandler = (event: unknown, context: RemainingTime) => Promise<void>;

export interface RemainingTime {
  getRemainingTimeInMillis(): number;
}

/** Kept back from the invocation's time, so that a failure is still logged. */
const logReserveMs = 500;

/** Wires the rotation function. It holds nothing between two steps. */
export function createRotationHandler(deps: FunctionDeps): RotationHandler {
  const { now, wallClock, random, sleep } = deps;
  const rotationLog = createRotationLog(
    createLog(deps.write, deps.config.logLevel, wallClock),
    createMetricFields(deps.functionName, wallClock),
  );
  const rotate = createRotate({
    providers: deps.config.providers,
    versions: createSecretVersions(deps.secretsManager),
    testCredentials: createTestCredentials({
      exchange: createExchange({ send: deps.http.send, now, wallClock, random }),
      now,
      random,
      sleep,
    }),
    sleep,
  });
  return async function handle(rawEvent, context) {
    const startedAtMs = now();
    let event: RotationEvent | undefined;
    try {
      event = parseRotationEvent(rawEvent);
      const outcome = await rotate(event, startedAtMs + context.getRemainingTimeInMillis() - logReserveMs);
      rotationLog.done(event, outcome, Math.round(now() - startedAtMs));
    } catch (error) {
      const failure = asRotationError(error);
      rotationLog.failed(event, failure, Math.round(now() - startedAtMs));
      throw failure;
    }
  };
}
