/** Content and definition hashes change with what they describe; only the rest of a template is compared. */
export function withoutHashes(template: object): object {
  const text = JSON.stringify(template)
    .replace(/[0-9a-f]{64}/g, 'HASH')
    .replace(/((?:CurrentVersion|Deployment)[0-9A-F]{8})[0-9a-f]{32}/g, '$1');
  return JSON.parse(text) as object;
}
