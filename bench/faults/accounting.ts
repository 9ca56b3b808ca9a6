import { noFigures, type Outcome, type Refusal } from './figures.ts';

interface Invocation {
  readonly instance: string;
  readonly startedAtMs: number;
  readonly heldUntilMs: number;
  readonly heldElsewhereUntilMs: number;
}

const vendableMs = 10_000;
/** What a fault of the past may still cause: both backends have to be healthy for longer. */
const longestBackOffMs = 32_000;
/**
 * The bench knows when a token request reached the provider; the function knows when it sent it. By the fast clock these
 * differ by some tens of milliseconds, within which neither is wrong.
 */
const toleranceMs = 250;

/**
 * Counts what one contestant does. All times are the fast clock's. An instance holds a token from when it has answered a
 * caller with it, for as long as the provider said, whatever the instance believes. An instance that has ended holds
 * nothing. A token that an instance obtained and never answered with does not count; that errs in its favour by at most one
 * vend per token.
 */
export class Account {
  readonly figures = noFigures();
  readonly exchangesAtMs: number[] = [];
  readonly refusals: Refusal[] = [];
  /** Requests to the provider by instance and scope. */
  readonly requests = new Map<string, number>();
  readonly #lifetimeMs: number;
  readonly #expiresAtMsOf = new Map<string, number>();
  readonly #heldUntilMs = new Map<string, number>();
  readonly #waitUntilMs = new Map<string, number>();
  readonly #invoked = new Map<string, Invocation>();
  #healthySinceMs: number | undefined;

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs;
  }

  phaseEntered(isHealthy: boolean, atMs: number): void {
    this.#healthySinceMs = isHealthy ? (this.#healthySinceMs ?? atMs) : undefined;
  }

  exchangeTried(instance: string, atMs: number, scope = ''): void {
    this.figures.exchanges += 1;
    const slot = `instance ${instance}, scope "${scope}"`;
    this.requests.set(slot, (this.requests.get(slot) ?? 0) + 1);
    this.exchangesAtMs.push(atMs);
    if (atMs < (this.#waitUntilMs.get(instance) ?? 0)) this.figures.exchangesInsideOwnRetryAfter += 1;
    if (atMs < Math.max(0, ...this.#waitUntilMs.values())) this.figures.exchangesInsideAnyRetryAfter += 1;
  }

  askedToWait(instance: string, untilMs: number): void {
    this.#waitUntilMs.set(instance, untilMs);
  }

  /** A token with the default scopes. */
  tokenIssued(token: string, requestedAtMs: number): void {
    this.#expiresAtMsOf.set(token, requestedAtMs + this.#lifetimeMs);
  }

  /** An instance is handed a request. It could answer with what it holds at this moment. */
  invocationStarted(requestId: string, instance: string, startedAtMs: number): void {
    const others = [...this.#heldUntilMs].filter(([holder]) => holder !== instance).map(([, untilMs]) => untilMs);
    const heldUntilMs = this.#heldUntilMs.get(instance) ?? 0;
    const heldElsewhereUntilMs = Math.max(0, ...others);
    this.#invoked.set(requestId, { instance, startedAtMs, heldUntilMs, heldElsewhereUntilMs });
  }

  tokenAnswered(instance: string, token: string): void {
    const untilMs = this.#expiresAtMsOf.get(token) ?? 0;
    this.#heldUntilMs.set(instance, Math.max(untilMs, this.#heldUntilMs.get(instance) ?? 0));
  }

  instanceEnded(instance: string): void {
    this.#heldUntilMs.delete(instance);
  }

  /** A neighbour has its answer. What it gets is its own affair. */
  neighbourSettled({ requestId }: Outcome): void {
    this.figures.neighboursAsked += 1;
    this.#invoked.delete(requestId);
  }

  settled(outcome: Outcome): void {
    this.figures.asked += 1;
    const invocation = this.#invoked.get(outcome.requestId);
    this.#invoked.delete(outcome.requestId);
    if (outcome.status === 200) this.#countAnswer(outcome);
    else this.#countRefusal(outcome, invocation);
  }

  #countAnswer({ source, token, atMs, function: ran }: Outcome): void {
    const { figures } = this;
    figures.answered += 1;
    if (source === 'memory-stale') figures.answeredStale += 1;
    // A token that the provider never issued counts as expired.
    if ((this.#expiresAtMsOf.get(token ?? '') ?? 0) <= atMs) figures.answeredExpired += 1;
    figures.slowestAnswerMs = Math.max(figures.slowestAnswerMs, ran?.tookMs ?? 0);
  }

  #countRefusal(
    { phase, status, reason = '', atMs, function: ran }: Outcome,
    invocation: Invocation | undefined,
  ): void {
    const { figures } = this;
    const startedAtMs = ran?.startedAtMs ?? invocation?.startedAtMs ?? atMs;
    const vendableFor = (untilMs = 0) => Math.round(untilMs - vendableMs - startedAtMs);
    const heldMs = vendableFor(invocation?.heldUntilMs);
    const heldElsewhereMs = vendableFor(invocation?.heldElsewhereUntilMs);
    figures.refused += 1;
    const isHealthy = this.#healthySinceMs !== undefined && startedAtMs - this.#healthySinceMs > longestBackOffMs;
    if (heldMs >= toleranceMs || isHealthy) figures.refusedWithoutCause += 1;
    if (heldMs >= toleranceMs) figures.refusedWhileHeld += 1;
    else if (heldMs + vendableMs > toleranceMs) figures.refusedWhileShortHeld += 1;
    else if (heldElsewhereMs >= toleranceMs) figures.refusedWhileHeldElsewhere += 1;
    figures.slowestRefusalMs = Math.max(figures.slowestRefusalMs, ran?.tookMs ?? Number.POSITIVE_INFINITY);
    this.refusals.push({
      phase,
      reason: `${status} ${reason}`,
      instance: invocation?.instance,
      startedAtMs,
      tookMs: ran?.tookMs,
      heldMs,
      heldElsewhereMs,
    });
  }
}
