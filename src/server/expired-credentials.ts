/**
 * Former credentials of service accounts leave the store and the memory when their time is over, also where nobody reloads,
 * starts anew or signs in. A look each minute: the setting is in minutes.
 */
import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';
import { loggedError } from './error-log.ts';
import type { Generation } from './generation.ts';
import { forgetExpired } from './retained-credentials.ts';

const LOOK_EVERY_MS = 60_000;

export interface ExpiryDependencies {
  /** Of the configuration that is in force at the time. */
  readonly current: () => Pick<Generation, 'configuration' | 'serviceKeys'>;
  readonly store: Store['serviceCredentials'];
  readonly now: () => Date;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

export interface Expiry {
  /** Ends what is under way: the store may be closed then. */
  close(): Promise<void>;
}

export function watchExpiry({ current, store, now, log }: ExpiryDependencies): Expiry {
  let busy: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const { configuration, serviceKeys } = current();
    serviceKeys.expire(now());
    const forgotten = await forgetExpired(configuration.environment.gateways, store, now());
    if (forgotten > 0) log.info({ forgotten }, 'former credentials of service accounts are over and forgotten');
  };
  const timer = setInterval(() => {
    busy = busy.then(look).catch((error: unknown) => {
      log.error(
        { error: loggedError(error) },
        'former credentials that are over could not be forgotten; it is tried again',
      );
    });
  }, LOOK_EVERY_MS).unref();
  return {
    async close() {
      clearInterval(timer);
      await busy;
    },
  };
}
