import { isJsonObject, isText } from '../shared/runtime/json.ts';
import type { Ask } from './ask.ts';
import { failed, type Probe, passed } from './probe-result.ts';
import { describeStatus, headerFaults } from './token-answer.ts';

/** `GET /health`, which touches neither a secret nor a provider: it tells the service's faults from a provider's. */
export function createHealthProbe(ask: Ask): Probe {
  return {
    name: 'health',
    async run(deadlineMs) {
      const answer = await ask({ method: 'GET', path: '/health', signature: 'right' }, deadlineMs);
      const { status, headers, body } = answer;
      if (status !== 200) return failed(describeStatus(answer));
      const isHealth = isJsonObject(body) && body['status'] === 'ok' && isText(body['version']);
      const faults = [...headerFaults(headers), ...(isHealth ? [] : ['the body is not status and version'])];
      return faults.length === 0 ? passed('ok') : failed(`200, but ${faults.join(', ')}`);
    },
  };
}
