/**
 * A client that asks for one token after the other with the ticket in its cache, until it is told to stop: MIT's library
 * makes each authenticator, on one connection that is kept. For tests in which something changes under load.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { BASE_ENVIRONMENT } from '../../lab/run.ts';
import { carry } from './mit-initiator.ts';
import type { Mortise } from './mortise.ts';

export interface LaneAnswer {
  readonly requestId: string;
  readonly status: number;
}

export interface Lane {
  /** In their order; it grows. */
  readonly answers: readonly LaneAnswer[];
  /** Waits for so many more answers. Rejects with what broke. */
  more(count: number): Promise<void>;
  /** Ends after the answer that is due. Rejects with what broke. */
  stop(): Promise<void>;
}

/** @param env of a ticket cache */
export function openLane(mortise: Mortise, env: Readonly<Record<string, string>>): Lane {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(mortise.caFile) });
  const { hostname } = new URL(mortise.urls.windowsTransport13);
  const script = join(import.meta.dirname, '..', 'kerberos', 'gssapi-tokens.py');
  const source = spawn('python3', [script, `HTTP@${hostname}`], {
    env: { ...BASE_ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(source, 'exit');
  return openLaneOf(async function* () {
    try {
      for await (const token of createInterface({ input: source.stdout })) {
        const requestId = randomUUID();
        const { status } = await carry(mortise, token, requestId, agent);
        yield { requestId, status };
      }
      throw new Error('python3-gssapi makes no more tokens');
    } finally {
      source.kill();
      agent.destroy();
      await exited;
    }
  });
}

/** The same of any source of answers. */
export function openLaneOf(asking: () => AsyncGenerator<LaneAnswer>): Lane {
  const answers: LaneAnswer[] = [];
  let stopped = false;
  let wake = Promise.withResolvers<void>();
  const run = async (): Promise<void> => {
    for await (const answer of asking()) {
      answers.push(answer);
      wake.resolve();
      wake = Promise.withResolvers();
      if (stopped) return;
    }
  };
  const ended = run();
  // Whoever waits hears of it; nobody may be waiting yet.
  ended.catch(() => undefined);
  const stop = async (): Promise<void> => {
    stopped = true;
    await ended;
  };
  onTestFinished(() => stop().catch(() => undefined));
  return {
    answers,
    async more(count) {
      const wanted = answers.length + count;
      while (answers.length < wanted) await Promise.race([wake.promise, ended]);
    },
    stop,
  };
}
