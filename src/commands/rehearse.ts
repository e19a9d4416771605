/** `mortise rehearse`: joins a sample device against a strict local Entra, and says what happened as Windows would. */
import { BROWSER_MISHAPS, isBrowserMishapName } from '../rehearsal/browser-mishaps.ts';
import type { BrowserMishap } from '../rehearsal/browser-mishaps.ts';
import type { JoinResult } from '../rehearsal/device.ts';
import { MISHAPS, isMishapName } from '../rehearsal/mishaps.ts';
import type { Mishap } from '../rehearsal/mishaps.ts';
import { SOUND_PLAN } from '../rehearsal/plan.ts';
import type { Plan } from '../rehearsal/plan.ts';
import { printReachable } from '../rehearsal/reachable.ts';
import { afterwardsNames, isAfterwards, rehearseAfterwards } from '../rehearsal/rehearse-afterwards.ts';
import type { Afterwards } from '../rehearsal/rehearse-afterwards.ts';
import { rehearseBrowser } from '../rehearsal/rehearse-browser.ts';
import type { BrowserResult } from '../rehearsal/rehearse-browser.ts';
import { rehearseSignIn } from '../rehearsal/rehearse-sign-in.ts';
import { printOutcome, rehearseJoin } from '../rehearsal/rehearse.ts';
import type { NamedMishap, Write } from '../rehearsal/rehearse.ts';
import { isSignInMishapName, SIGN_IN_MISHAPS } from '../rehearsal/sign-in-mishaps.ts';
import type { SignInResult } from '../rehearsal/sign-in.ts';
import { openWorld } from '../rehearsal/world.ts';
import type { Fallback, World } from '../rehearsal/world.ts';
import { CommandError } from './problem.ts';

export interface RehearseOptions {
  readonly once?: true;
  readonly mishap?: string;
  readonly fallback?: string | true;
  readonly port?: number;
  readonly then?: string;
}

/** The local Entra takes the port after Mortise's. */
const LAST_PORT = 65_534;

/** What came of a rehearsal; a part that was not tried is undefined. */
export interface Rehearsed {
  readonly join?: Pick<JoinResult, 'joinedBy'> | undefined;
  readonly signIn?: Pick<SignInResult, 'failure'> | undefined;
  readonly browser?: Pick<BrowserResult, 'accepted'> | undefined;
  /** False: what was to happen to the device afterwards went otherwise. */
  readonly afterwards?: boolean | undefined;
}

/** 0 when all went well. A fallback that succeeds hides a fault of the federation, so it counts as one. */
export const exitStatus = ({ join, signIn, browser, afterwards = true }: Rehearsed): number =>
  join?.joinedBy === 'federation' &&
  signIn !== undefined &&
  signIn.failure === undefined &&
  browser?.accepted === true &&
  afterwards
    ? 0
    : 1;

/** Of the join, of the sign-in after it, and of the browser. */
export const allMishapNames = (): readonly string[] =>
  [MISHAPS, SIGN_IN_MISHAPS, BROWSER_MISHAPS].flatMap((rows) => Object.keys(rows));

/** @returns the exit status */
export async function rehearseCommand(options: RehearseOptions): Promise<number> {
  if (options.mishap === 'list') {
    process.stdout.write(
      allMishapNames()
        .map((name) => `${name}\n`)
        .join(''),
    );
    return 0;
  }
  const mishap = options.mishap === undefined ? undefined : mishapOf(options.mishap);
  const fallback = fallbackOf(options.fallback);
  const then = thenOf(options.then, mishap);
  if (options.port !== undefined && options.port > LAST_PORT)
    throw new CommandError(`--port takes a number up to ${LAST_PORT}: the local Entra takes the port after it.`);
  const plan: Plan = { ...SOUND_PLAN, ...mishap?.row.change };
  const stop = listenForStop();
  try {
    const world = await openWorld(plan, { fallback, port: options.port });
    try {
      const write = (line: string): void => {
        if (!stop.stopped()) process.stdout.write(`${line}\n`);
      };
      const result = await Promise.race([rehearse(world, mishap, then, write), stop.promise]);
      if (result === undefined) return 1;
      if (!options.once) {
        printReachable(world, write);
        await stop.promise;
      }
      return exitStatus(result);
    } finally {
      await world.close();
    }
  } finally {
    stop.release();
  }
}

/** Each part needs the one before it, but a browser needs no device: its mishaps are shown alone. */
async function rehearse(
  world: World,
  mishap: AnyMishap | undefined,
  then: Afterwards | undefined,
  write: Write,
): Promise<Rehearsed> {
  const { columns } = process.stdout;
  if (mishap?.of === 'browser') {
    write('The join and the logon are left out: this mishap is one of the browser.');
    return { browser: await rehearseBrowser(world, { mishap, columns }, write) };
  }
  const join = await rehearseJoin(world, write);
  // A sign-in's mishap is named where the sign-in ends.
  const ofJoin = join.joinedBy === 'federation' ? undefined : mishap;
  await printOutcome(world, { result: join, mishap: ofJoin, columns }, write);
  if (join.joinedBy !== 'federation' || join.joined === undefined) return { join };
  const signIn = await rehearseSignIn(world, join.joined, mishap, write);
  if (signIn.failure !== undefined) return { join, signIn };
  const browser = await rehearseBrowser(world, { mishap: undefined, columns }, write);
  if (then === undefined) return { join, signIn, browser };
  return { join, signIn, browser, afterwards: await rehearseAfterwards(then, world, join.joined, write) };
}

type AnyMishap =
  | (NamedMishap<Mishap> & { readonly of: 'device' })
  | (NamedMishap<BrowserMishap> & { readonly of: 'browser' });

function mishapOf(name: string): AnyMishap {
  if (isMishapName(name)) return { of: 'device', name, row: MISHAPS[name] };
  if (isSignInMishapName(name)) return { of: 'device', name, row: SIGN_IN_MISHAPS[name] };
  if (isBrowserMishapName(name)) return { of: 'browser', name, row: BROWSER_MISHAPS[name] };
  throw new CommandError(
    `There is no mishap "${name}". These are known:\n${allMishapNames()
      .map((known) => `  ${known}`)
      .join('\n')}`,
  );
}

function thenOf(option: string | undefined, mishap: AnyMishap | undefined): Afterwards | undefined {
  if (option === undefined) return undefined;
  const names = afterwardsNames().join(', ');
  if (!isAfterwards(option)) throw new CommandError(`--then takes one of ${names}, not "${option}".`);
  if (mishap !== undefined)
    throw new CommandError('--then goes on where all went well: leave --mishap out, or --then itself.');
  return option;
}

/** `--fallback` alone means a device that Entra Connect has synchronised. */
function fallbackOf(option: string | true | undefined): Fallback {
  if (option === undefined) return 'disabled';
  if (option === true || option === 'synchronised') return 'synchronised';
  if (option === 'not-synchronised') return 'not-synchronised';
  throw new CommandError(`--fallback takes "synchronised" or "not-synchronised", not "${option}".`);
}

interface Stop {
  /** Settles at the first signal, or when nobody reads the output any more. */
  readonly promise: Promise<undefined>;
  stopped(): boolean;
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * From the first moment to the last: the folder of the rehearsal must go whatever ends it. Ctrl+C comes twice, from the
 * terminal and from the process that started this one, so later signals are not left to their default.
 */
function listenForStop(): Stop {
  let stopped = false;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => {
    stopped = true;
    resolve(undefined);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  process.stdout.on('error', stop);
  return {
    promise,
    stopped: () => stopped,
    release: () => {
      // Once stopped, the process is ending: a late second signal must not change its exit status.
      if (stopped) return;
      for (const signal of SIGNALS) process.off(signal, stop);
      process.stdout.off('error', stop);
    },
  };
}
