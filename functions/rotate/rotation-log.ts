import type { Log } from '../shared/runtime/log.ts';
import { type CreateMetricFields, metricNames } from '../shared/runtime/metrics.ts';
import type { RotationOutcome } from './rotate.ts';
import type { RotationError } from './rotation-error.ts';
import type { RotationEvent } from './rotation-event.ts';

/** Writes the one line of a step; never a secret's content, a token or a provider's words. */
export interface RotationLog {
  done(event: RotationEvent, outcome: RotationOutcome, milliseconds: number): void;
  /** `event` is undefined where it could not be read. */
  failed(event: RotationEvent | undefined, error: RotationError, milliseconds: number): void;
}

export function createRotationLog(log: Log, metric: CreateMetricFields): RotationLog {
  return {
    done({ step, secretId, versionId }, outcome, milliseconds) {
      const isRotated = step === 'finishSecret' && outcome === 'done';
      log({
        level: 'info',
        message: 'rotation-step',
        step,
        secretId,
        secretVersion: versionId,
        outcome,
        milliseconds,
        ...(isRotated && metric(metricNames.rotationSucceeded, 1, { secretId })),
      });
    },
    failed(event, error, milliseconds) {
      const { secretId, step } = event ?? { secretId: 'unknown', step: 'unknown' };
      // The operator who asks for this test reads its result at once: no rotation has failed.
      const isTest = step === 'testPrevious';
      log({
        level: isTest ? 'warn' : 'error',
        message: 'rotation-step',
        step,
        secretId,
        secretVersion: event?.versionId,
        outcome: 'failed',
        error: error.code,
        description: error.message,
        milliseconds,
        ...error.details,
        ...(!isTest && metric(metricNames.rotationStepFailed, 1, { secretId, step })),
      });
    },
  };
}
