import { createKeepAliveClient, type PreparedRequest } from './keep-alive-client.ts';
import { type LoadOptions, runLoad } from './load.ts';

// All clients of a load, apart from the gateway, so that neither waits for the other's code. Says 'warm' to its parent when
// the warm-up is over, and its figures at the end.

export interface ClientsJob extends Pick<LoadOptions, 'inFlight' | 'warmUpMs' | 'measuredMs'> {
  readonly request: PreparedRequest;
}

const { request, ...load }: ClientsJob = JSON.parse(process.argv[2] ?? '');
const { send } = createKeepAliveClient(request);
const onWarm = () => process.send?.('warm');
const figures = await runLoad({ ...load, send, onWarm, now: () => performance.now() });
process.send?.(figures, () => process.exit(0));
