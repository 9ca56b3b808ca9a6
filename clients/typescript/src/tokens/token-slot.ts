import type { Runtime } from '../clock.ts';
import type { Vend, VendRequest } from '../vend/vend.ts';
import type { VendedToken } from '../vended-token.ts';
import { VendingError } from '../vending-error.ts';
import { BackOff } from './back-off.ts';
import { Flight, type Waiting } from './flight.ts';
import { type HeldToken, holdToken } from './held-token.ts';
import { Reports } from './reports.ts';

/** How long the service lets one wish for a longer life rest after another; asking sooner is of no use. */
const minTtlPauseMs = 30_000;

/** The token of one provider and one set of scopes. */
export class TokenSlot {
  readonly #subject: Pick<VendRequest, 'provider' | 'scope'>;
  readonly #vend: Vend;
  readonly #runtime: Runtime;
  #held: HeldToken | undefined;
  /** The vends that are under way, by the life they ask for. */
  readonly #vends = new Map<number, Flight<VendedToken>>();
  #refreshing: Promise<void> | undefined;
  readonly #refreshBackOff = new BackOff();
  #askForLongerAtMs = Number.NEGATIVE_INFINITY;
  readonly #reports: Reports;

  constructor(subject: Pick<VendRequest, 'provider' | 'scope'>, vend: Vend, runtime: Runtime) {
    this.#subject = subject;
    this.#vend = vend;
    this.#runtime = runtime;
    this.#reports = new Reports((request, patience) => vend({ ...subject, ...request }, patience), runtime);
  }

  /** The token held; a new one where none is, or where it has too little life left. */
  getToken(minTtlSeconds: number, waiting: Waiting): VendedToken | Promise<VendedToken> {
    const nowMs = this.#runtime.age();
    const held = this.#held;
    if (held === undefined || nowMs >= held.expiresAtMs) return this.#startVend(minTtlSeconds).wait(waiting);
    if (nowMs + minTtlSeconds * 1_000 > held.expiresAtMs && nowMs >= this.#askForLongerAtMs) {
      return this.#getLonger(held, minTtlSeconds, waiting);
    }
    if (nowMs >= held.refreshAtMs && this.#refreshing === undefined && this.#refreshBackOff.isOver(nowMs)) {
      this.#refreshing = this.#refresh(held);
    }
    return held.token;
  }

  /**
   * Another token in place of one that the provider's API refused; all who met the refusal share one report.
   *
   * @returns undefined where the service has no other one, or cannot be asked
   */
  async replace(refused: VendedToken, waiting: Waiting): Promise<VendedToken | undefined> {
    const held = this.#current();
    if (held !== undefined && held.token.fingerprint !== refused.fingerprint) return held.token;
    const replacement = await this.#reports.report(refused, waiting, (vended) => {
      const next = holdToken(vended);
      this.#held = next;
      return next.token;
    });
    return replacement;
  }

  get isIdle(): boolean {
    return this.#current() === undefined && this.#vends.size === 0;
  }

  /** Settles once no request is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled([...[...this.#vends.values()].map((flight) => flight.wait()), this.#refreshing]);
  }

  #current(): HeldToken | undefined {
    return this.#held !== undefined && this.#runtime.age() < this.#held.expiresAtMs ? this.#held : undefined;
  }

  #startVend(minTtlSeconds: number): Flight<VendedToken> {
    for (const [seconds, running] of this.#vends) if (seconds >= minTtlSeconds) return running;
    const request = { ...this.#subject, minTtlSeconds };
    const flight = new Flight(async (patience) => this.#keep(holdToken(await this.#vend(request, patience))));
    void flight.ended.then(() => this.#vends.delete(minTtlSeconds));
    this.#vends.set(minTtlSeconds, flight);
    return flight;
  }

  /** Instances of the service hold tokens of different ages, and one may still hold a token that was refused. */
  #keep(next: HeldToken): VendedToken {
    const held = this.#current();
    const isWorse = held !== undefined && next.expiresAtMs <= held.expiresAtMs;
    if (held !== undefined && (isWorse || this.#reports.wasRefused(next.token))) return held.token;
    this.#held = next;
    return next.token;
  }

  async #getLonger(held: HeldToken, minTtlSeconds: number, waiting: Waiting): Promise<VendedToken> {
    const flight = this.#startVend(minTtlSeconds);
    const rest = () => {
      this.#askForLongerAtMs = this.#runtime.age() + minTtlPauseMs;
    };
    try {
      const token = await flight.wait(waiting);
      if (token === held.token) rest();
      return token;
    } catch (error) {
      waiting.signal?.throwIfAborted();
      rest();
      // A token with less life than wished for is better than none.
      const current = this.#current();
      if (current === undefined) throw error;
      return current.token;
    }
  }

  /** What goes wrong here concerns nobody as long as the token held is valid. */
  async #refresh(held: HeldToken): Promise<void> {
    let retryAfterSeconds: number | undefined;
    try {
      await this.#startVend(0).wait();
    } catch (error) {
      if (error instanceof VendingError) retryAfterSeconds = error.retryAfterSeconds;
    }
    this.#refreshing = undefined;
    if (this.#held === held) this.#refreshBackOff.extend(this.#runtime.age(), (retryAfterSeconds ?? 0) * 1_000);
    else this.#refreshBackOff.reset();
  }
}
