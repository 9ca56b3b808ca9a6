import { playScenarios } from './play-scenarios.ts';

// The other clients' turn comes with `npm run test:clients`.
playScenarios(['typescript']);
