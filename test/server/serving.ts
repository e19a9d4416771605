/** One Mortise for a file of tests; for each test a client of its own, and the records since it began. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { recordReader } from './answers.ts';
import { openClient } from './client.ts';
import type { Client } from './client.ts';
import { openGround } from './mortise.ts';
import type { Ground, RunningMortise } from './mortise.ts';

export interface Serving {
  readonly ground: Ground;
  readonly mortise: RunningMortise;
  readonly client: Client;
  /** Those since it was asked last. */
  readonly records: ReturnType<typeof recordReader>;
}

/** Called once, outside of any test. Its fields are there while tests run. */
export function serving(): Serving {
  let perFile: Omit<Serving, 'client'> | undefined;
  let client: Client | undefined;
  beforeAll(async () => {
    const ground = await openGround();
    perFile = { ground, mortise: await ground.start(), records: recordReader(ground.store) };
  });
  afterAll(() => perFile?.ground.close());
  beforeEach(async () => {
    client = openClient(started(perFile).mortise);
    await started(perFile).records();
  });
  afterEach(() => client?.close());
  return {
    get ground() {
      return started(perFile).ground;
    },
    get mortise() {
      return started(perFile).mortise;
    },
    get records() {
      return started(perFile).records;
    },
    get client() {
      return started(client);
    },
  };
}

function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('asked for before the tests of the file began');
  return part;
}
