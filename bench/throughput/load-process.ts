import autocannon, { type Result } from 'autocannon';
import { quantile } from '../statistics.ts';
import type { Load, LoadFigures } from './load.ts';

// The clients run apart from the gateway, so that neither waits for the other's code. Says 'warm' when the warm-up is over,
// and sends its figures at the end.

const load = JSON.parse(process.argv[2] ?? '') as Load;

async function run({ request, inFlight }: Load, seconds: number): Promise<LoadFigures> {
  const tookMs: number[] = [];
  const { url, headers } = request;
  const options = { url, headers, method: 'POST', connections: inFlight, duration: seconds } as const;
  const { non2xx, errors, duration } = await new Promise<Result>((resolve, reject) => {
    const running = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)));
    // autocannon's own percentiles are whole milliseconds.
    running.on('response', (_client, _status, _bytes, ms) => tookMs.push(ms));
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx} requests were refused, ${errors} failed.`);
  return {
    requests: tookMs.length,
    requestsPerSecond: tookMs.length / duration,
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
  };
}

await run(load, load.warmUpSeconds);
process.send?.('warm');
const figures = await run(load, load.seconds);
process.send?.(figures, () => process.exit(0));
