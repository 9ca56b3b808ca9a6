// A file of its own, because what matches requests with them needs no schema library.

/** Letters, digits and hyphens only, so that a name is the same in a URL path, an IAM resource and a secret's name. */
export const providerNamePattern = /^[a-z][a-z0-9-]{0,62}$/;

/** RFC 6749 §3.3: a scope token is 1*NQCHAR. */
export const scopeTokenPattern = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
