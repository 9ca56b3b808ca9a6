import type { Runtime } from '../clock.ts';
import type { Patience, VendedAt, VendRequest } from '../vend/vend.ts';
import { sha256, type VendedToken } from '../vended-token.ts';
import { VendingError } from '../vending-error.ts';
import { BackOff } from './back-off.ts';
import { Flight, type Waiting } from './flight.ts';

/** So long the service keeps a token that was reported again; telling it sooner is of no use. */
const keptPauseMs = 10_000;

type SendReport = (
  request: Pick<VendRequest, 'minTtlSeconds' | 'rejectedTokenSha256'>,
  patience: Patience,
) => Promise<VendedAt>;

/** Tells the service of tokens that a provider's API refused: one report a token, however many callers met it. */
export class Reports {
  readonly #send: SendReport;
  readonly #runtime: Runtime;
  readonly #running = new Map<string, Flight<VendedToken | undefined>>();
  /** The last token that could not be replaced. */
  #unheeded: { readonly fingerprint: string; readonly backOff: BackOff } | undefined;
  /** The last token that was replaced. */
  #replaced: string | undefined;

  constructor(send: SendReport, runtime: Runtime) {
    this.#send = send;
    this.#runtime = runtime;
  }

  wasRefused(token: VendedToken): boolean {
    return this.#replaced !== undefined && token.fingerprint === this.#replaced;
  }

  /**
   * @param adopt takes the token that is to be held from now on
   * @returns undefined where the service keeps the token, or where the report fails
   */
  async report(
    { fingerprint }: VendedToken,
    waiting: Waiting,
    adopt: (vended: VendedAt) => VendedToken,
  ): Promise<VendedToken | undefined> {
    if (this.#unheeded?.fingerprint === fingerprint && !this.#unheeded.backOff.isOver(this.#runtime.age())) {
      return undefined;
    }
    try {
      return await this.#start(fingerprint, adopt).wait(waiting);
    } catch {
      waiting.signal?.throwIfAborted();
      return undefined;
    }
  }

  #start(fingerprint: string, adopt: (vended: VendedAt) => VendedToken): Flight<VendedToken | undefined> {
    const running = this.#running.get(fingerprint);
    if (running !== undefined) return running;
    const flight = new Flight((patience) => this.#run(fingerprint, patience, adopt));
    void flight.ended.then(() => this.#running.delete(fingerprint));
    this.#running.set(fingerprint, flight);
    return flight;
  }

  async #run(
    fingerprint: string,
    patience: Patience,
    adopt: (vended: VendedAt) => VendedToken,
  ): Promise<VendedToken | undefined> {
    try {
      const vended = await this.#send({ minTtlSeconds: 0, rejectedTokenSha256: fingerprint }, patience);
      if (vended.rejection === 'kept' || sha256(vended.answer.access_token) === fingerprint) {
        this.#backOffOf(fingerprint).pause(this.#runtime.age(), keptPauseMs);
        return undefined;
      }
      this.#replaced = fingerprint;
      this.#unheeded = undefined;
      return adopt(vended);
    } catch (error) {
      const retryAfterSeconds = error instanceof VendingError ? (error.retryAfterSeconds ?? 0) : 0;
      this.#backOffOf(fingerprint).extend(this.#runtime.age(), retryAfterSeconds * 1_000);
      throw error;
    }
  }

  #backOffOf(fingerprint: string): BackOff {
    if (this.#unheeded?.fingerprint !== fingerprint) this.#unheeded = { fingerprint, backOff: new BackOff() };
    return this.#unheeded.backOff;
  }
}
