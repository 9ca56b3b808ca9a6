import middy from '@middy/core';

// Runs one variant and sends what it has measured to its parent.

export type WarmVariant = 'bare' | 'middy' | 'middy-log' | 'vend';

export interface WarmMeasurement {
  readonly vends: number;
  readonly meanMicros: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly heapAtTenthKb: number;
  readonly heapAtEndKb: number;
  readonly rssAtTenthKb: number;
  readonly rssAtEndKb: number;
}

type LambdaHandler = (event: object, context: object) => Promise<{ readonly statusCode: number }>;

const answer = { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{"access_token":"…"}' };

async function createVariant(variant: WarmVariant): Promise<LambdaHandler> {
  switch (variant) {
    case 'bare':
      return async () => answer;
    case 'middy':
      return middy().handler(async () => answer) as unknown as LambdaHandler;
    case 'middy-log':
      return middy()
        .after(({ event }) => {
          const { requestContext } = event as { requestContext: { requestId: string } };
          process.stdout.write(
            `${JSON.stringify({ level: 'info', message: 'vend', requestId: requestContext.requestId })}\n`,
          );
        })
        .handler(async () => answer) as unknown as LambdaHandler;
    case 'vend':
      return (await import(process.env['BENCH_FUNCTION'] ?? '')).default.handler;
  }
}

const event = {
  resource: '/tokens/{provider}',
  path: '/tokens/prove',
  httpMethod: 'POST',
  headers: { Host: 'api.example.com', 'Content-Type': 'application/x-www-form-urlencoded' },
  pathParameters: { provider: 'prove' },
  requestContext: {
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    identity: { userArn: 'arn:aws:sts::111122223333:assumed-role/orders/i-0abc', accountId: '111122223333' },
  },
  body: null,
  isBase64Encoded: false,
};
const context = { awsRequestId: 'x', getRemainingTimeInMillis: () => 15_000 };

function memory(): { heapKb: number; rssKb: number } {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapKb: Math.round(heapUsed / 1024), rssKb: Math.round(rss / 1024) };
}

async function measure(handler: LambdaHandler, vends: number): Promise<WarmMeasurement> {
  const { statusCode } = await handler(event, context);
  if (statusCode !== 200) throw new Error(`The first call answers ${statusCode}.`);
  for (let call = 0; call < 20_000; call += 1) await handler(event, context);
  const micros = new Float64Array(vends);
  let atTenth = memory();
  for (let call = 0; call < vends; call += 1) {
    if (call === Math.floor(vends / 10)) atTenth = memory();
    const startedAt = performance.now();
    await handler(event, context);
    micros[call] = (performance.now() - startedAt) * 1000;
    // Lambda hands over one event at a time; between two of them the event loop turns, and pipes are written.
    if (call % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const atEnd = memory();
  const meanMicros = micros.reduce((sum, value) => sum + value, 0) / vends;
  micros.sort();
  return {
    vends,
    meanMicros,
    p50Micros: micros[Math.floor(vends * 0.5)] ?? Number.NaN,
    p99Micros: micros[Math.floor(vends * 0.99)] ?? Number.NaN,
    heapAtTenthKb: atTenth.heapKb,
    heapAtEndKb: atEnd.heapKb,
    rssAtTenthKb: atTenth.rssKb,
    rssAtEndKb: atEnd.rssKb,
  };
}

const [variant, vends] = process.argv.slice(2);
const handler = await createVariant(variant as WarmVariant);
process.send?.(await measure(handler, Number(vends)), () => process.exit(0));
