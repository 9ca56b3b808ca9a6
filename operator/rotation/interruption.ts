import { OperatorError } from '../operator-error.ts';

/**
 * Runs an action that must clean up before the process ends: a signal aborts the action instead of ending the process. Ctrl-C
 * arrives more than once under npm, so this stays in effect until the process exits.
 */
export async function untilInterrupted<Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new OperatorError('Interrupted.'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  return action(controller.signal);
}
