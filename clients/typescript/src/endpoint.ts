export interface Endpoint {
  /** Without a slash at the end. */
  readonly url: string;
  readonly region: string;
}

export interface EndpointOptions {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * Where the vending service is: as said, or as the environment says.
 *
 * @throws TypeError that says what to set
 */
export function readEndpoint(options: EndpointOptions, environment = process.env): Endpoint {
  const text = options.endpoint ?? environment['TOKEN_VENDING_ENDPOINT'];
  if (!text) throw new TypeError("Give the vending service's endpoint, or set TOKEN_VENDING_ENDPOINT.");
  const url = parseEndpoint(text);
  const region = options.region || regionOfHost(url.hostname) || environment['AWS_REGION'];
  if (!region)
    throw new TypeError("Give the vending service's region, or set AWS_REGION: the endpoint does not name it.");
  return { url: url.origin + url.pathname.replace(/\/+$/, ''), region };
}

function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // What was given is not repeated: somebody may have put a secret where the endpoint belongs.
  if (url === undefined) throw new TypeError('The endpoint must be a URL such as https://….amazonaws.com/v1.');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new TypeError('The endpoint must be https: (http: on loopback only).');
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new TypeError('The endpoint must have no query, no fragment and no user.');
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** `abc123.execute-api.eu-west-1.amazonaws.com` and its like in other partitions, dual-stack and through VPC endpoints. */
function regionOfHost(hostname: string): string | undefined {
  return /\.execute-api\.([a-z0-9-]+)\.(?:[a-z0-9-]+\.)*(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/.exec(
    hostname,
  )?.[1];
}
