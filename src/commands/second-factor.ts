/**
 * `mortise second-factor …`: looks at a person's second factors, lets somebody set up a first one, or takes them all away.
 * What changes something is done by a running `serve`, asked over its socket, or here when none runs. Looking changes
 * nothing, and goes on beside a running `serve`.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { administrationAddress } from '../administration/address.ts';
import { administer } from '../administration/administer.ts';
import type { AdministrationDependencies } from '../administration/administer.ts';
import { sendOrder } from '../administration/client.ts';
import { findPerson } from '../administration/find-person.ts';
import type { NotOne, Order, OrderResult } from '../administration/orders.ts';
import type { Configuration } from '../config/load.ts';
import { knownFactor, openFactors } from '../signin/second-factor/kept-factors.ts';
import { openSecondFactors } from '../signin/second-factor/second-factors.ts';
import { StoreError } from '../store/store-error.ts';
import type { Store } from '../store/store.ts';
import { account } from './account.ts';
import { readConfiguration, withStore, withStoreReader } from './open.ts';
import type { ConfigOption } from './open.ts';
import { CommandError } from './problem.ts';
import { enrolmentCodeLines, resetLines, secondFactorLines } from './second-factor-text.ts';

/** `serve` may be about to listen, or another command about to end. */
const ATTEMPTS = 3;

export async function showSecondFactors(person: string, options: ConfigOption): Promise<number> {
  const configuration = readConfiguration(options);
  const { server, environment } = configuration;
  const lines = await withStoreReader(configuration, async ({ users, secondFactors: store }) => {
    const found = await findPerson(person, { users, gateways: environment.gateways });
    if (found.kind !== 'one') throw notOne(person, found);
    const { user } = found;
    const factors = await openFactors(user.id, { store, masterKey: server.masterKey });
    return secondFactorLines(
      {
        user,
        factors: factors.map((factor) => knownFactor(factor)),
        recoveryCodes: await store.recoveryCodesLeft(user.id),
      },
      options.config,
    );
  });
  print(lines);
  return 0;
}

export async function makeEnrolmentCode(person: string, options: ConfigOption): Promise<number> {
  const result = await carryOut({ kind: 'make-enrolment-code', user: person, by: account() }, options);
  if (result.kind === 'enrolment-code-made') print(enrolmentCodeLines(result, options.config));
  return 0;
}

export async function resetSecondFactors(person: string, options: ConfigOption): Promise<number> {
  const result = await carryOut({ kind: 'reset-second-factors', user: person, by: account() }, options);
  if (result.kind === 'second-factors-reset') print(resetLines(result, options.config));
  return 0;
}

async function carryOut(order: Order, options: ConfigOption): Promise<Exclude<OrderResult, NotOne>> {
  const configuration = readConfiguration(options);
  const { path } = configuration.server.store;
  if (!existsSync(path))
    throw new CommandError(`There is no store at ${path}: nobody has signed in yet, or server.store.path is wrong.`);
  const address = administrationAddress(path);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const result = (await askServe(address, order)) ?? (await doHere(order, configuration));
    if (result === undefined) continue;
    if (result.kind === 'nobody' || result.kind === 'several') throw notOne(order.user, result);
    return result;
  }
  throw new CommandError(
    address === undefined
      ? `The running serve takes no orders: ${path} is too long a path for a socket beside it. Stop serve, give the command, and start it again; or choose a shorter server.store.path.`
      : `Another process writes to ${path} and takes no orders at ${address}: another command, or a serve that could not listen there, as its log says. Try again; else stop it first.`,
  );
}

/** Undefined when none listens. */
async function askServe(address: string | undefined, order: Order): Promise<OrderResult | undefined> {
  if (address === undefined) return undefined;
  const sent = await sendOrder(address, order);
  if (sent.kind === 'failed') throw new CommandError(sent.why);
  return sent.kind === 'done' ? sent.result : undefined;
}

/** Undefined when another process writes to the store. */
async function doHere(order: Order, configuration: Configuration): Promise<OrderResult | undefined> {
  try {
    return await withStore(configuration, (store) => administer(order, dependenciesOver(store, configuration)));
  } catch (error) {
    if (error instanceof StoreError && error.code === 'in-use') return undefined;
    throw error;
  }
}

function dependenciesOver(store: Store, { server, environment }: Configuration): AdministrationDependencies {
  const { users, activities, sessions, secondFactors } = store;
  const { masterKey } = server;
  return {
    users,
    gateways: environment.gateways,
    secondFactors: openSecondFactors({ store: secondFactors, masterKey, randomBytes, randomUUID }),
    storedFactors: secondFactors,
    endSessions: (userId) => sessions.deleteOfUser(userId),
    activities,
    now: () => new Date(),
    randomUUID,
  };
}

function notOne(name: string, found: NotOne): CommandError {
  if (found.kind === 'nobody')
    return new CommandError(
      `Nobody by the name of “${name}” has signed in yet. A person is known from the first sign-in on, by user name, UPN, objectGUID or id: let the person sign in once with the password, then give the command again.`,
    );
  const people = found.people.map(({ id, username }) => `  ${id}  ${username}`);
  return new CommandError(`“${name}” may be any of these. Name the one by the id:\n${people.join('\n')}`);
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line);
}
