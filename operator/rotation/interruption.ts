import { OperatorError } from '../operator-error.ts';

/**
 * Runs an action that must be able to put things right before the process ends: a signal aborts it instead of the process.
 * Ctrl-C arrives more than once under npm, so this holds until the process ends by itself.
 */
export async function untilInterrupted<Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new OperatorError('Interrupted.'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  return action(controller.signal);
}
