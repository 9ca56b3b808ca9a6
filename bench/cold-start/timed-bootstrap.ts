// Everything that the bootstrap itself loads: Lambda's own runtime has it in memory when the clock starts.
import 'node:http';
import 'node:path';
import { sayLoadStart } from './load-start.ts';

// The local stack's bootstrap, unchanged: it loads the function first. Neither it nor the function has to know that it is
// measured, and one short write costs every contestant the same. `require`, because an import would come first.
sayLoadStart();
require('../../local/lambda/bootstrap.ts');
