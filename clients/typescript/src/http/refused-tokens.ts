import { sha256 } from '../vended-token.ts';

/** Tokens go out of use; of these many it is known for which request they were vended. */
const maxVended = 256;

/** What the signing layer knows of the tokens that passed through it: fingerprints only. */
export class RefusedTokens {
  /** Fingerprint → the request that it answered. */
  readonly #vended = new Map<string, string>();
  /** Request → fingerprint of the token to report with the next one like it. */
  readonly #toReport = new Map<string, string>();

  noteRefused(fingerprint: string): void {
    const request = this.#vended.get(fingerprint);
    if (request !== undefined) this.#toReport.set(request, fingerprint);
  }

  /** @returns the form with the report in it, where there is something to report */
  addReport(url: string, form: string): string {
    const fingerprint = this.#toReport.get(requestKey(url, form));
    const fields = new URLSearchParams(form);
    if (fingerprint === undefined || fields.has('rejected_token_sha256')) return form;
    fields.set('rejected_token_sha256', fingerprint);
    return fields.toString();
  }

  /** Any token is an answer to the report: another one, or the same where the service keeps it. */
  async noteVended(url: string, form: string, response: Response): Promise<void> {
    const answer: unknown = await response.json().catch(() => undefined);
    const token =
      typeof answer === 'object' && answer !== null && 'access_token' in answer ? answer.access_token : undefined;
    if (typeof token !== 'string') return;
    const key = requestKey(url, form);
    this.#toReport.delete(key);
    this.#vended.set(sha256(token), key);
    for (const oldest of this.#vended.keys()) {
      if (this.#vended.size <= maxVended) break;
      this.#vended.delete(oldest);
    }
  }
}

/** What makes two requests the same: provider and scopes. Client id and secret are made up. */
function requestKey(url: string, form: string): string {
  const scopes = (new URLSearchParams(form).get('scope') ?? '').split(' ').sort();
  return `${url} ${scopes.join(' ')}`;
}
