const maxCharacters = 300;

/**
 * Foreign text, fit for an error. API Gateway explains a wrong signature by all that it has signed, the session token
 * included: that part is left out.
 */
export function oneLine(text: string): string {
  const line = (text.split('The Canonical String for this request')[0] ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length <= maxCharacters ? line : `${line.slice(0, maxCharacters)}…`;
}
