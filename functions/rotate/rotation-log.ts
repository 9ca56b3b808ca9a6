import type { Log } from '../shared/runtime/log.ts';
import { type CreateMetricFields, metricNames } from '../shared/runtime/metrics.ts';
import type { RotationOutcome } from './rotate.ts';
import type { RotationError } from './rotation-error.ts';
import type { RotationEvent } from './rotation-event.ts';

/** Writes one line per step. No line holds a secret's content, a token or a provider's text. */
export interface RotationLog {
  done(event: RotationEvent, outcome: RotationOutcome, milliseconds: number): void;
  /** `event` is undefined if it could not be parsed. */
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
        ...(isRotated && metric({ [metricNames.rotationSucceeded]: 1 }, { secretId })),
      });
    },
    failed(event, error, milliseconds) {
      const { secretId, step } = event ?? { secretId: 'unknown', step: 'unknown' };
      // No rotation has failed: an operator asked for this test, and sees its result.
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
        ...(!isTest && metric({ [metricNames.rotationStepFailed]: 1 }, { secretId, step })),
      });
    },
  };
}
