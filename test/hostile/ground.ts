/**
 * A whole Mortise on real https, and a case sent to it. What a case may cost is told against an ordinary request of the
 * same moment, so that a slow machine is no failure, and nothing is left of it in memory.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SAMPLE_COMPUTERS, SAMPLE_DOMAIN, SAMPLE_REALM } from '../../src/directory/sample-domain.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { negotiate, openClient, openSocket } from '../server/client.ts';
import type { Answer, Client } from '../server/client.ts';
import { APP, openGround, PATHS } from '../server/mortise.ts';
import type { Ground, RunningMortise } from '../server/mortise.ts';
import { vector } from '../wstrust/vectors.ts';
import type { Case } from './case.ts';
import { expand } from './template.ts';

export const PASSWORD = 'not-a-real password';
export const NORA = `nora.keller@${SAMPLE_DOMAIN}`;

export interface HostileGround {
  readonly ground: Ground;
  readonly mortise: RunningMortise;
  /** Sends a case, and gives the answer. */
  send(sent: Case): Promise<Answer>;
  /** Writes a case to a connection as it stands, and gives all that comes back. */
  sendRaw(sent: Case): Promise<string>;
  /** Milliseconds of an ordinary sign-in; fails when it does not succeed. */
  ordinary(): Promise<number>;
  close(): Promise<void>;
}

/** An ordinary request takes milliseconds; a hostile one a multiple of it at most, and on a busy machine half a second more. */
export const mostOf = (ordinaryMs: number): number => 100 * ordinaryMs + 500;

export async function openHostileGround(): Promise<HostileGround> {
  const ground = await openGround();
  const mortise = await ground.start({
    directory: openSampleDirectory(sampleForest, { passwords: new Map([['nora.keller', PASSWORD]]) }),
    // Each case comes from an address of its own: no guard against guessing slows the next one down.
    server: { trustedProxies: ['127.0.0.1'], windowsTransportNetworks: ['127.0.0.0/8', '10.0.0.0/8'] },
  });
  let sources = 0;
  const source = (): string => `10.9.${(sources += 1) >> 8}.${sources & 255}`;
  const own = {
    path: (name: string) => Buffer.from(PATHS[name as keyof typeof PATHS]),
    ticket: () => Buffer.from(Buffer.from(ground.mint().token).toString('base64')),
    app: () => Buffer.from(APP),
    xml: (text: string) => Buffer.from(text),
  };
  const withClient = async <T>(use: (client: Client) => Promise<T>): Promise<T> => {
    const client = openClient(mortise);
    try {
      return await use(client);
    } finally {
      client.close();
    }
  };
  return {
    ground,
    mortise,
    send: (sent) => withClient((client) => client.send(requestOf(sent, ground, source(), own))),
    async sendRaw({ body = '' }) {
      const socket = await openSocket(mortise);
      socket.on('error', () => undefined);
      socket.write(expand(body.replaceAll('\n', '\r\n'), own));
      const chunks: Buffer[] = [];
      // A connection that is reset while it is written to has been refused as well.
      await (async () => {
        for await (const chunk of socket) chunks.push(chunk as Buffer);
      })().catch(() => undefined);
      return Buffer.concat(chunks).toString('latin1');
    },
    async ordinary() {
      const started = performance.now();
      const { status, text } = await withClient((client) => client.ask(negotiate(ground.mint())));
      if (status !== 200) throw new Error(`an ordinary sign-in is answered ${status}: ${text}`);
      return performance.now() - started;
    },
    close: () => ground.close(),
  };
}

type Own = Readonly<Record<string, (argument: string) => Buffer>>;

function requestOf(sent: Case, ground: Ground, source: string, own: Own) {
  const authorization = authorizationOf(sent, ground, own);
  const isPassword = sent.one('username') !== undefined || sent.one('client')?.endsWith('-password') === true;
  const address = sent.one('get') ?? sent.one('post');
  if (address !== undefined) return browserRequest(sent, address, source, own);
  return {
    method: 'POST',
    path: isPassword ? PATHS.password13 : PATHS.windows13,
    headers: {
      'content-type': 'application/soap+xml; charset=utf-8',
      'x-forwarded-for': source,
      ...Object.fromEntries(headersOf(sent).map(([name, value]) => [name, expand(value, own).toString('latin1')])),
      ...(!isPassword && { authorization }),
    },
    body: bodyOf(sent, own),
  };
}

/** At an address for browsers: neither a ticket nor a client's request. */
function browserRequest(sent: Case, address: string, source: string, own: Own) {
  const expanded = (text: string): string => expand(text, own).toString('latin1');
  return {
    method: sent.one('get') === undefined ? 'POST' : 'GET',
    path: expanded(address),
    headers: {
      'x-forwarded-for': source,
      ...Object.fromEntries(headersOf(sent).map(([name, value]) => [name, expanded(value)])),
    },
    ...(sent.body !== undefined && { body: expand(sent.body, own) }),
  };
}

const headersOf = (sent: Case) => sent.all('header').map((line) => line.split(/: ([^]*)/, 2) as [string, string]);

/** A fresh ticket, unless the case says otherwise. */
function authorizationOf(sent: Case, ground: Ground, own: Own): string {
  const [authorization, client] = [sent.one('authorization'), sent.one('ticket')];
  if (authorization !== undefined) return expand(authorization, own).toString('latin1');
  const name = client === undefined ? SAMPLE_COMPUTERS.consistent : expand(client).toString('utf8');
  return negotiate(ground.mint({ client: { name, realm: SAMPLE_REALM } }));
}

/** What stands in the case; or a client's own request, edited. */
function bodyOf(sent: Case, own: Own): Buffer {
  if (sent.body !== undefined) return expand(sent.body, own);
  const isPassword = sent.one('username') !== undefined;
  const name = sent.one('client') ?? (isPassword ? 'msal-python-13-password' : 'msal-dotnet-13');
  const edits = sent.all('edit').map((line) => line.split(/ => ([^]*)/, 2) as [string, string]);
  const text = signedIn(Buffer.from(vector('clients', name)).toString('utf8'), sent);
  return expand(
    edits.reduce((made, [from, to]) => {
      if (!made.includes(from)) throw new Error(`${sent.name}: the request of ${name} does not hold ${from}`);
      return made.replace(from, () => to);
    }, text),
    own,
  );
}

/** Now, with the name and the password of the case. */
function signedIn(text: string, sent: Case): string {
  const time = (offset: number): string => new Date(Date.now() + offset).toISOString();
  return text
    .replace(/Created>[^<]+</, `Created>${time(0)}<`)
    .replace(/Expires>[^<]+</, `Expires>${time(600_000)}<`)
    .replace(/([mM]essageID>urn:uuid:)[^<]+/, `$1${crypto.randomUUID()}`)
    .replace(/Username>[^<]+</, () => `Username>${escaped(sent.one('username') ?? NORA)}<`)
    .replace(/Password>[^<]+</, () => `Password>${escaped(sent.one('password') ?? PASSWORD)}<`);
}

/** Pieces of a template stay: they are meant as they are. */
const escaped = (value: string): string =>
  value
    .split(/(\{\{[^]*?\}\})/)
    .map((piece, index) => (index % 2 === 1 ? piece : piece.replaceAll('&', '&amp;').replaceAll('<', '&lt;')))
    .join('');

/** Bytes of the heap that are in use, after everything that is not has been taken away. */
export function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}
