/**
 * Mortise under load at a token endpoint: each caller keeps a connection of its own and asks for a token after the other.
 * Owns connections and the check of answers. Does not own what is asked (requests.ts).
 */
import type { Contestant, StartedContestant } from '../harness/contestant.ts';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import { readAssertion } from '../../src/rehearsal/windows-transport-client.ts';
import type { Mortise } from './mortise.ts';
import type { Requests } from './requests.ts';
import type { Site } from './site.ts';

export interface TokenContestant {
  readonly name: string;
  readonly connections: number;
  readonly start: () => Promise<Mortise>;
  readonly requests: (site: Site) => Requests;
}

export function tokenContestant({ name, connections, start, requests }: TokenContestant): Contestant {
  return {
    name,
    callers: connections,
    start: async (): Promise<StartedContestant> => {
      const { site, pid, stop } = await start();
      const { prepare, next } = requests(site);
      const clients = Array.from({ length: connections }, () => openHttpClient(site.ca));
      const ask = async (caller: number): Promise<Buffer> => {
        const answer = await clients[caller]?.send(next());
        if (answer?.status !== 200) throw new Error(`answered ${answer?.status}: ${String(answer?.body)}`);
        return answer.body;
      };
      const stopAll = async (): Promise<void> => {
        for (const client of clients) client.close();
        await stop();
      };
      try {
        // The answer is what it should be, once: then the status is enough.
        prepare(1);
        readAssertion((await ask(0)).toString('utf8'));
      } catch (error) {
        await stopAll();
        throw error;
      }
      return { pids: () => [pid], prepare, operation: async (caller) => void (await ask(caller)), stop: stopAll };
    },
  };
}
