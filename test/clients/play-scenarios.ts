import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';
import { type Language, prepareDriver, waysOf } from './languages.ts';
import { scenarios } from './scenarios.ts';
import { createScenarioProviders } from './support/provider.ts';
import { setStage } from './support/stage.ts';

/** Plays every scenario against these clients, through a local stack with several instances. */
export function playScenarios(names: readonly Language[]): void {
  const clients = names.flatMap((language) => waysOf(language).map((way) => ({ language, ...way })));
  // A provider of its own for each: no scenario meets what another one has left in the service.
  const providerOf = (title: string, index: number) =>
    `${scenarios[index]?.kind ?? 'plain'}-${title.replaceAll(' ', '-')}-${index}`;
  const providers = createScenarioProviders(
    clients.flatMap(({ title }) => scenarios.map((_, index) => providerOf(title, index))),
  );

  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startRunningStack(3, providers.start);
  });

  afterAll(() => stack.close());

  describe.each(clients)('the client for $title', ({ language, title, environment }) => {
    let command: readonly string[];
    let close: (() => Promise<void>) | undefined;

    beforeAll(async () => {
      command = await prepareDriver(language);
    }, 600_000);

    afterEach(async () => {
      await close?.();
      close = undefined;
    });

    test.each(scenarios.map((scenario, index) => [scenario.title, index] as const))('%s', async (_title, index) => {
      const stage = await setStage(stack, command, providerOf(title, index), environment);
      close = stage.close;
      await scenarios[index]?.play(stage);
      const { sessionToken = 'none', secretAccessKey } = stack.orders;
      const secrets = [...providers.issued, sessionToken, secretAccessKey];
      expect(secrets.filter((secret) => stage.shown().includes(secret))).toEqual([]);
    });
  });
}
