// npm run bench -- [part] [options of that part]; without a part: all of them, and then the report.
const parts: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  'warm-vend': async (args) => (await import('./warm-vend/index.ts')).runWarmVend(args),
  'cold-start': async (args) => (await import('./cold-start/index.ts')).runColdStart(args),
  storm: async (args) => (await import('./storm/index.ts')).runStorm(args),
  lifetime: async (args) => (await import('./lifetime/index.ts')).runLifetime(args),
  throughput: async (args) => (await import('./throughput/index.ts')).runThroughput(args),
  faults: async (args) => (await import('./faults/index.ts')).runFaults(args),
  soak: async (args) => (await import('./soak/index.ts')).runSoak(args),
  rotation: async (args) => (await import('./rotation/index.ts')).runRotation(args),
  clients: async (args) => (await import('./clients/index.ts')).runClients(args),
  report: async (args) => (await import('./report/index.ts')).runReport(args),
};

const [name, ...args] = process.argv.slice(2);
const chosen = name === undefined ? Object.values(parts) : [parts[name]];
for (const part of chosen) {
  if (part === undefined) {
    process.stderr.write(`There is no part "${name}". The parts are: ${Object.keys(parts).join(', ')}\n`);
    process.exit(1);
  }
  await part(args);
}
