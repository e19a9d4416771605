/**
 * Whether this process lives, and whether it can issue: `/livez` and `/readyz`, for load balancers and supervisors. Owns
 * what counts as missing, and that asking often costs nothing.
 *
 * Anybody may ask, so an answer names a gateway or an application and the refusal's code; never a host, an account or what
 * the directory said: that stands in the log.
 */
import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Directory, Search } from '../directory/directory.ts';
import type { Gateway } from '../model/gateway.ts';
import { Refusal } from '../refusal.ts';
import type { IssuingApplication } from '../signin/issue.ts';
import type { Store } from '../store/store.ts';
import { loggedError } from './error-log.ts';
import type { HttpReply, HttpServer } from './http-server.ts';
import { refuseOtherMethods } from './routes.ts';

export interface Missing {
  readonly what: 'directory' | 'signing-key' | 'certificate' | 'store' | 'server';
  /** Of the gateway or the application; of a certificate the type of its key. */
  readonly name?: string;
  readonly reason: string;
}

export interface Readiness {
  /** PARTIAL: some gateways have no directory, or one of two certificates has expired. Who needs the others is served. */
  readonly status: 'UP' | 'PARTIAL' | 'DOWN';
  readonly missing: readonly Missing[];
}

export interface HealthDependencies {
  readonly applications: () => ReadonlyMap<string, IssuingApplication>;
  /** Those that clients are shown; none where a proxy shows its own. */
  readonly certificates: () => readonly X509Certificate[];
  readonly store: Pick<Store, 'signingKeys' | 'familiarSources'>;
  /** A record could not be written of late (watchRecord). */
  readonly recordFails: () => boolean;
  readonly now: () => Date;
  readonly log: Pick<Logger, 'warn' | 'info'>;
}

/** How long an answer is given again, how long a directory or the store may take, and a failed record counts. */
export const HEALTH_TIMES = { keptMs: 5_000, patienceMs: 2_000, failedMs: 30_000 } as const;

/** The rootDSE: every account may read it, and the gateway's bind goes before it (RFC 4512 §5.1). */
const PROBE: Search = {
  base: '',
  scope: 'base',
  filter: { type: 'present', attribute: 'objectClass' },
  attributes: ['dnsHostName'],
  sizeLimit: 1,
};

/** @param readiness as openReadiness gives it */
export function mountHealth(server: HttpServer, readiness: () => Promise<Readiness>): void {
  const answers: Readonly<Record<string, () => Promise<Readiness | { readonly status: 'UP' }>>> = {
    '/health': async () => ({ status: 'UP' }),
    '/livez': async () => ({ status: 'UP' }),
    // While it stops, connections that are kept still ask: the load balancer sends its next request elsewhere.
    '/readyz': async () => (server.server.listening ? readiness() : STOPPING),
  };
  for (const [url, answer] of Object.entries(answers)) {
    server.get(url, async (_request, reply): Promise<HttpReply> => {
      const body = await answer();
      return reply
        .code(body.status === 'DOWN' ? 503 : 200)
        .header('Cache-Control', 'no-store')
        .send(body);
    });
    refuseOtherMethods(server, url, ['GET', 'HEAD']);
  }
}

const STOPPING: Readiness = { status: 'DOWN', missing: [{ what: 'server', reason: 'stopping' }] };

/**
 * The store's activities, with an eye on whether they are written: a disk may have room for the row that a probe writes
 * over, and none for another record. Without requests nothing proves that there is room again, so a failure counts for a while.
 */
export function watchRecord(
  activities: Store['activities'],
  now: () => Date,
): { readonly activities: Store['activities']; readonly fails: () => boolean } {
  let failedAt = Number.NEGATIVE_INFINITY;
  return {
    activities: {
      ...activities,
      async append(activity) {
        try {
          await activities.append(activity);
          failedAt = Number.NEGATIVE_INFINITY;
        } catch (error) {
          failedAt = now().getTime();
          throw error;
        }
      },
    },
    fails: () => Math.abs(now().getTime() - failedAt) < HEALTH_TIMES.failedMs,
  };
}

/** Many that ask at one time, and again soon, get one answer: nobody makes the directory work by asking. */
export function openReadiness(dependencies: HealthDependencies): () => Promise<Readiness> {
  let kept: { readonly at: number; readonly answer: Promise<Readiness> } | undefined;
  let lastSaid = JSON.stringify([]);
  const say = (answer: Readiness): Readiness => {
    const said = JSON.stringify(answer.missing);
    if (said !== lastSaid) {
      if (answer.missing.length > 0) dependencies.log.warn(answer, 'something is missing');
      else dependencies.log.info(answer, 'nothing is missing any more');
    }
    lastSaid = said;
    return answer;
  };
  return async () => {
    const at = dependencies.now().getTime();
    // A clock that was put back makes nothing older.
    if (kept === undefined || Math.abs(at - kept.at) >= HEALTH_TIMES.keptMs) {
      kept = { at, answer: readinessOf(dependencies).then(say) };
    }
    return kept.answer;
  };
}

async function readinessOf(dependencies: HealthDependencies): Promise<Readiness> {
  const applications = [...dependencies.applications().values()];
  const gateways = new Map(applications.flatMap((application) => [...application.gateways]));
  const [directories, keys, store] = await Promise.all([
    Promise.all([...gateways.values()].map(directoryMissing)),
    keysMissing(applications, dependencies),
    storeMissing(dependencies),
  ]);
  const without = directories.flat();
  const certificates = dependencies.certificates();
  const unusable = certificates.flatMap((certificate) => certificateMissing(certificate, dependencies.now()));
  const missing = [...without, ...keys, ...unusable, ...store];
  const all = (some: readonly Missing[], count: number): boolean => some.length > 0 && some.length === count;
  const none = all(without, gateways.size) || all(unusable, certificates.length);
  const down = keys.length > 0 || store.length > 0 || none;
  return { status: down ? 'DOWN' : missing.length > 0 ? 'PARTIAL' : 'UP', missing };
}

interface Opened {
  readonly gateway: Pick<Gateway, 'name'>;
  readonly directory: Pick<Directory, 'search'>;
}

async function directoryMissing({ gateway: { name }, directory }: Opened): Promise<readonly Missing[]> {
  const failed = await failureOf(async () => directory.search(PROBE));
  if (failed === undefined) return [];
  const reason = failed instanceof Refusal ? failed.code : failed === SLOW ? 'directory-down' : 'internal-error';
  return [{ what: 'directory', name, reason }];
}

async function keysMissing(
  applications: readonly IssuingApplication[],
  { store, now }: HealthDependencies,
): Promise<readonly Missing[]> {
  // A store that cannot be read is named as such.
  const stored = await store.signingKeys.list().catch(() => undefined);
  if (stored === undefined) return [];
  const at = now();
  return applications.flatMap(({ application: { name, idpSigning } }): readonly Missing[] => {
    const key = stored.find(({ id }) => id === idpSigning.key.id);
    if (key === undefined) return [{ what: 'signing-key', name, reason: 'not-in-store' }];
    const reason = whyNotValid(new X509Certificate(key.certificate), at);
    return reason === undefined ? [] : [{ what: 'signing-key', name, reason }];
  });
}

/** Everybody who looks at it turns away then, so that no request comes that could be refused. */
function certificateMissing(certificate: X509Certificate, at: Date): readonly Missing[] {
  const reason = whyNotValid(certificate, at);
  const name = certificate.publicKey.asymmetricKeyType ?? 'unknown';
  return reason === undefined ? [] : [{ what: 'certificate', name, reason }];
}

function whyNotValid({ validFromDate, validToDate }: X509Certificate, at: Date): string | undefined {
  if (at > validToDate) return 'expired';
  return at < validFromDate ? 'not-valid-yet' : undefined;
}

/** A write like that of a sign-in, durable, of one row that is always the same. */
async function storeMissing({ store, recordFails, now, log }: HealthDependencies): Promise<readonly Missing[]> {
  if (recordFails()) return [{ what: 'store', reason: 'not-writable' }];
  const failed = await failureOf(async () => store.familiarSources.remember('readyz', 'readyz', now()));
  if (failed === undefined) return [];
  if (failed instanceof Error) log.warn({ error: loggedError(failed) }, 'the store was not written');
  return [{ what: 'store', reason: failed === SLOW ? 'slow' : 'not-writable' }];
}

const SLOW = Symbol('no answer in time');

/** What it rejects with, or SLOW; undefined when all is well. */
async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  const ended = new AbortController();
  const patience = sleep(HEALTH_TIMES.patienceMs, SLOW, { signal: ended.signal, ref: false }).catch(() => undefined);
  const outcome = work().then(
    () => undefined,
    (error: unknown) => error ?? new Error('rejected without a reason'),
  );
  const first = await Promise.race([outcome, patience]);
  ended.abort();
  return first;
}
