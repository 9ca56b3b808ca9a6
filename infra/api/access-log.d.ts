/**
 * One line of JSON per request, refused ones included: who asked for what, and the outcome. `requestId` is also in the
 * function's own log line. `$context.error.message` is left out on purpose: when a signature does not match, it
 * contains the canonical request, with the caller's session token.
 *
 * @param resource the variable that names the route: the two kinds of APIs name it differently, and nothing else
 */
export declare function accessLogFormat(resource: '$context.resourcePath' | '$context.routeKey'): string;
