/** A process that holds a store and takes orders, as `serve` does, until it is killed. Says so on standard output. */
import { startAdministration } from '../../src/administration/listener.ts';
import { pino } from 'pino';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { dependenciesOver } from './people.ts';

const [path = ''] = process.argv.slice(2);
const store = await openSqliteStore(path);
await startAdministration(path, { ...dependenciesOver(store), log: pino({ enabled: false }) });
console.log('taking orders');
setInterval(() => undefined, 60_000);
