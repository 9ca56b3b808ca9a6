import { writeSync } from 'node:fs';
// All that the bootstrap itself loads: it is in memory when the clock starts, as it is in Lambda's own runtime.
import 'node:http';
import 'node:path';
import { loadStartLine } from './load-start.ts';
import { systemNowMs } from './system-clock.ts';

writeSync(1, `${loadStartLine(systemNowMs())}\n`);
