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

/**
 * An access token. Whatever prints it (`inspect`, `console.log`, `JSON.stringify`, `String`) shows its fingerprint instead:
 * the lower-case hex SHA-256 by which the service's logs name it, too.
 */
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

  toJSON(): object {
    const { tokenType, expiresAt, scope, fingerprint } = this;
    return { tokenType, expiresAt, scope, sha256: fingerprint };
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    return `VendedToken ${inspect(this.toJSON(), options)}`;
  }

  /** @internal All fields of the answer, for the CLI's `--json`. */
  get answer(): TokenAnswer {
    return this.#answer;
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
