import { startTableServer } from './table-server.ts';

// The table in a process of its own, which ends with the stack: also where that is killed, and gets no chance to end it.

process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of the terminal. The stack ends this one when its instances have ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const { url } = await startTableServer();
process.send?.(url);
