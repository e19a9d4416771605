/**
 * Opens sessions, uses a second factor and its recovery codes, and prints each once it is acknowledged, until it is killed:
 * `session <id>`, `counter <n>`, `code <digest>`. Arguments: the store's path, the names' prefix.
 */
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { factor, session } from './sample-sign-in.ts';
import { device, t0, uuid } from './sample-users.ts';

const [path = '', round = ''] = process.argv.slice(2);
const CODES = 10_000;
const store = await openSqliteStore(path);
// Synchronous: what has been acknowledged is said before anything else happens.
const say = (text: string): void => void writeSync(1, `${text}\n`);

const userId = uuid(1);
if ((await store.users.find(userId)) === undefined) await store.users.create(device(1), t0);
const [known] = await store.secondFactors.list(userId);
if (known === undefined) await store.secondFactors.add(factor('f', userId, { counter: 0 }));
const codes = Array.from({ length: CODES }, (_, n) => `${round}-${n}`);
await store.secondFactors.replaceRecoveryCodes(userId, codes);

async function forEver(step: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; ; n += 1) await step(n);
}

await Promise.all([
  forEver(async (n) => {
    await store.sessions.put(session(`${round}-${n}`, userId));
    say(`session ${round}-${n}`);
  }),
  forEver(async (n) => {
    const counter = (known?.counter ?? 0) + n + 1;
    if (await store.secondFactors.use('f', { counter, mayStay: false }, t0)) say(`counter ${counter}`);
  }),
  forEver(async (n) => {
    if (await store.secondFactors.useRecoveryCode(userId, `${round}-${n}`)) say(`code ${round}-${n}`);
  }),
]);
