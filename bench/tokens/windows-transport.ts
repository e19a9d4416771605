/**
 * One computer's request at windowstransport, for any directory: the ticket comes with the first request, as clients that
 * have asked before send it, and an assertion comes back. Each caller keeps a connection of its own.
 */
import type { Contestant, StartedContestant } from '../harness/contestant.ts';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import { readAssertion } from '../../src/rehearsal/windows-transport-client.ts';
import type { Mortise } from './mortise.ts';
import { SOAP_HEADERS, ticketRequest } from './requests.ts';
import { openTickets } from './tickets.ts';

export interface WindowsTransport {
  readonly name: string;
  readonly connections: number;
  readonly start: () => Promise<Mortise>;
  /** sAMAccountName of the computer that comes as the nth. */
  readonly nameOf: (nth: number) => string;
}

export function windowsTransport({ name, connections, start, nameOf }: WindowsTransport): Contestant {
  return {
    name,
    callers: connections,
    start: async (): Promise<StartedContestant> => {
      const { site, pid, stop } = await start();
      const url = site.urls.windowsTransport13;
      const tickets = openTickets(site.serviceKey, nameOf);
      const clients = Array.from({ length: connections }, () => openHttpClient(site.ca));
      const ask = async (caller: number): Promise<Buffer> => {
        const headers = { ...SOAP_HEADERS, authorization: tickets.take() };
        const answer = await clients[caller]?.send({ method: 'POST', url, headers, body: ticketRequest(url) });
        if (answer?.status !== 200) throw new Error(`${url} answered ${answer?.status}: ${String(answer?.body)}`);
        return answer.body;
      };
      const stopAll = async (): Promise<void> => {
        for (const client of clients) client.close();
        await stop();
      };
      try {
        // The answer is what it should be, once: then the status is enough.
        tickets.prepare(1);
        readAssertion((await ask(0)).toString('utf8'));
      } catch (error) {
        await stopAll();
        throw error;
      }
      return {
        pids: () => [pid],
        prepare: tickets.prepare,
        operation: async (caller) => void (await ask(caller)),
        stop: stopAll,
      };
    },
  };
}
