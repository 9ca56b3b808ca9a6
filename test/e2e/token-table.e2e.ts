import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeTokenTable } from '../functions/vend/tokens/token-store/table-conformance.ts';
import { startDynamoDbLocal } from './support/dynamodb-local.ts';
import { startMiniStack } from './support/ministack.ts';
import { preparePythonEnvironment } from './support/python-environment.ts';

const directory = join(import.meta.dirname, '../../.build/e2e');

// Two more opinions of what DynamoDB does, one of them Amazon's own; `npm test` has dynalite's.

describeTokenTable('DynamoDB Local', () => startDynamoDbLocal(join(directory, 'dynamodb-local')));

describeTokenTable('MiniStack', async () => {
  const bin = await preparePythonEnvironment(join(directory, 'venv'));
  const files = join(directory, 'ministack-table');
  await rm(files, { recursive: true, force: true });
  const { url, stop } = await startMiniStack(bin, files);
  return { url, close: stop };
});
