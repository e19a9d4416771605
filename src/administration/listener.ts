/**
 * Takes orders while `serve` runs: the store has one writer, so commands ask it. HTTP with JSON over a local socket that
 * only the account of `serve` (and root) can connect to. Owns the socket. Does not own what is done (administer.ts).
 *
 * On Windows the pipe has the default access list: others than the account, administrators and the system may read from
 * it, and an order is written.
 */
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { lstatSync, unlinkSync } from 'node:fs';
import type { Logger } from 'pino';
import { loggedError } from '../server/error-log.ts';
import { administer } from './administer.ts';
import type { AdministrationDependencies } from './administer.ts';
import { administrationAddress } from './address.ts';
import { order } from './orders.ts';

export interface ListenerDependencies extends AdministrationDependencies {
  readonly log: Logger;
}

export interface Administration {
  /** Lets what is under way end, and removes the socket. */
  close(): Promise<void>;
}

const MAX_BODY = 8_192;
const REQUEST_TIMEOUT_MS = 10_000;
/** An order takes milliseconds; whoever sends one slowly does not delay the end. */
const STOP_MS = 2_000;
/** Nobody but the owner: rw-------. */
const OWNER_ONLY = 0o177;

/**
 * Where it cannot listen, it says so in the log: signing people in is more important.
 *
 * @param storePath the store that this process holds open for writing: a socket found there is one that a killed process left
 */
export async function startAdministration(
  storePath: string,
  dependencies: ListenerDependencies,
): Promise<Administration> {
  const { log } = dependencies;
  if (storePath === ':memory:') return NOTHING;
  const address = administrationAddress(storePath);
  if (address === undefined) {
    log.warn(
      { store: storePath },
      `${WITHOUT}: the path of the store is too long for a socket beside it. Choose a shorter server.store.path`,
    );
    return NOTHING;
  }
  const http = answerOrders(dependencies);
  try {
    await listen(http, address);
    return { close: () => stop(http) };
  } catch (error) {
    log.warn({ error: loggedError(error), address }, `${WITHOUT}: it cannot listen there`);
    await http.close();
    return NOTHING;
  }
}

const NOTHING: Administration = { close: async () => undefined };
const WITHOUT = '`mortise second-factor code` and `reset` work only while serve is stopped';

function answerOrders(dependencies: ListenerDependencies): FastifyInstance {
  const http = Fastify({
    bodyLimit: MAX_BODY,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    logger: false,
  });
  http.post('/orders', async (request, reply) => {
    const wanted = order.safeParse(request.body);
    if (!wanted.success) return reply.code(400).send({ error: 'This is no order.' });
    // Nothing of it is kept on the way.
    return reply.header('Cache-Control', 'no-store').send(await administer(wanted.data, dependencies));
  });
  http.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode < 500) return reply.code(statusCode).send({ error: 'The order could not be read.' });
    dependencies.log.error({ error: loggedError(error) }, 'an administrator’s order failed');
    return reply.code(500).send({ error: 'The order failed; the log of serve says why.' });
  });
  return http;
}

/** The mode is right from the first moment: bind(2) makes the file as the umask says, before listen() returns. */
async function listen(http: FastifyInstance, address: string): Promise<void> {
  await http.ready();
  const { server } = http;
  if (process.platform === 'win32') {
    server.listen(address);
  } else {
    removeLeftOver(address);
    const before = process.umask(OWNER_ONLY);
    try {
      server.listen(address);
    } finally {
      process.umask(before);
    }
  }
  await once(server, 'listening');
}

/** Whoever holds the store is the only one who may listen here. */
function removeLeftOver(address: string): void {
  const found = lstatSync(address, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`${address} is not a socket: move it away`);
  unlinkSync(address);
}

async function stop(http: FastifyInstance): Promise<void> {
  const cutOff = setTimeout(() => http.server.closeAllConnections(), STOP_MS);
  await http.close();
  clearTimeout(cutOff);
}
