/** What API Gateway gets back from a function. */
export interface ProxyResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export type LambdaHandler = (event: object, context: object) => Promise<ProxyResult>;
