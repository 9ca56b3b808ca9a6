import { createHash } from 'node:crypto';

/** The vending service's answer (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in?: number;
  readonly scope?: string;
  /** Further fields that the provider's settings expose. */
  readonly [field: string]: unknown;
}

/** An access token. What prints it (`inspect`, `console.log`, `JSON.stringify`, `String`) does not show the token. */
export class VendedToken {
  readonly tokenType: string;
  /** Undefined where the provider did not say; such a token is not kept. */
  readonly expiresAt: Date | undefined;
  readonly scope: string | undefined;
  // Private, and so out of reach of every printer, `console.dir` included.
  readonly #answer: TokenAnswer;
  #fingerprint: string | undefined;

  constructor(answer: TokenAnswer, expiresAt: Date | undefined) {
    this.#answer = answer;
    this.tokenType = answer.token_type;
    this.expiresAt = expiresAt;
    this.scope = answer.scope;
    Object.freeze(this);
  }

  get accessToken(): string {
    return this.#answer.access_token;
  }

  /** @internal Lower-case hex SHA-256: the only form in which a token is ever named. */
  get fingerprint(): string {
    this.#fingerprint ??= sha256(this.accessToken);
    return this.#fingerprint;
  }

  /** @internal All fields of the answer, for the CLI's `--json`. */
  get answer(): TokenAnswer {
    return this.#answer;
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
