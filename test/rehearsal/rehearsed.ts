/** One rehearsal in this process: a world of its own, a join, everything that can be known about it, and nothing left open. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Activity } from '../../src/audit/activity.ts';
import type { JoinResult } from '../../src/rehearsal/device.ts';
import type { RequestRecord } from '../../src/rehearsal/entra/request-log.ts';
import type { HttpClient } from '../../src/rehearsal/http-client.ts';
import type { MishapName } from '../../src/rehearsal/mishaps.ts';
import { MISHAPS } from '../../src/rehearsal/mishaps.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { printOutcome, rehearseJoin } from '../../src/rehearsal/rehearse.ts';
import { openWorld } from '../../src/rehearsal/world.ts';
import type { Fallback, World } from '../../src/rehearsal/world.ts';

export interface Rehearsed {
  readonly result: JoinResult;
  readonly transcript: readonly string[];
  /** What stands under the transcript. */
  readonly outcome: readonly string[];
  readonly activities: readonly Activity[];
  readonly entraRequests: readonly RequestRecord[];
  readonly registeredDevices: readonly string[];
  /** How many devices Entra knew before the join. */
  readonly knownBefore: number;
  /** How often the device checked the service's proof of the ticket's key, and found it good. */
  readonly proofs: number;
  /** Passwords, keys, tickets and tokens of this run: they must stand nowhere. */
  readonly secrets: readonly string[];
  readonly objectGuid: string;
}

/** For the exit status of a join alone: what came after it went well. */
export const ELSE_WELL = { signIn: { failure: undefined }, browser: { accepted: true } } as const;

export interface RehearsedOptions {
  readonly mishap?: MishapName;
  readonly fallback?: Fallback;
  /** Changes the world before the device joins. */
  readonly prepare?: (world: World) => World;
}

export async function rehearsed({ mishap, fallback = 'disabled', prepare }: RehearsedOptions): Promise<Rehearsed> {
  const plan = { ...SOUND_PLAN, ...(mishap !== undefined && MISHAPS[mishap].change) };
  const opened = await openWorld(plan, { fallback, port: 0 });
  try {
    const secrets = secretsOfFolder(dirname(opened.configurationFile));
    let proofs = 0;
    const listened: World = {
      ...opened,
      device: {
        ...opened.device,
        http: listening(opened.device.http, secrets),
        ticketFor: (host) => {
          const ticket = opened.device.ticketFor(host);
          return {
            token: ticket.token,
            verifyResponse: (token) => {
              ticket.verifyResponse(token);
              proofs += 1;
            },
          };
        },
      },
    };
    const world = prepare === undefined ? listened : prepare(listened);
    const knownBefore = world.entra.devices().length;
    const transcript: string[] = [];
    const result = await rehearseJoin(world, (line) => transcript.push(line));
    const outcome: string[] = [];
    const named = mishap === undefined ? undefined : { name: mishap, row: MISHAPS[mishap] };
    await printOutcome(world, { result, mishap: named }, (line) => outcome.push(line));
    return {
      result,
      transcript,
      outcome,
      proofs,
      secrets,
      knownBefore,
      activities: await world.store.activities.list({ limit: 100 }),
      entraRequests: world.entra.requests(),
      registeredDevices: world.entra.registeredDevices().map((device) => device.deviceId),
      objectGuid: world.device.computer.objectGuid,
    };
  } finally {
    await opened.close();
  }
}

function secretsOfFolder(folder: string): string[] {
  const files = ['service-account.password', 'master.key', 'tls.key'];
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  // Of a PEM file, one line of the key.
  return texts.map((text) => (text.startsWith('-----') ? (text.split('\n')[1] ?? text) : text));
}

/** Notes what travels: tickets and bearer tokens out, access tokens in. */
function listening(http: HttpClient, secrets: string[]): HttpClient {
  return {
    ...http,
    send: async (request) => {
      const { authorization } = request.headers ?? {};
      if (typeof authorization === 'string') secrets.push(authorization.replace(/^\w+ /, ''));
      const response = await http.send(request);
      const token = /"access_token":"([^"]+)"/.exec(response.body.toString())?.[1];
      if (token !== undefined) secrets.push(token);
      return response;
    },
  };
}

/** The value of a line of the status block. */
export function statusOf({ transcript }: Rehearsed, name: string): string | undefined {
  const end = transcript.indexOf('DSREGCMD_END_STATUS');
  return transcript
    .slice(end + 1)
    .map((line) => /^ *(.+?) :(?: (.*))?$/.exec(line))
    .find((match) => match?.[1] === name)?.[2];
}

/** Every place where words come out of a rehearsal, as one text. */
export const everythingSaid = ({ transcript, outcome, activities, entraRequests }: Rehearsed): string =>
  [...transcript, ...outcome, JSON.stringify(activities), JSON.stringify(entraRequests)].join('\n');
