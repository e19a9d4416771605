/**
 * A client that is not ours: curl with MIT Kerberos asks windowstransport for a token, as a person would try it by hand.
 * Owns the command line and what came back. The request is a vector of a real client's shape, addressed to Mortise.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramFailed, run } from '../../lab/run.ts';
import type { Mortise } from './mortise.ts';

/** As in the MEX documents, and ActiveSignInUri for itself. */
export type EndpointName = 'windowsTransport13' | 'windowsTransport2005' | 'activeSignInUri';

export interface AskOptions {
  readonly endpoint?: EndpointName;
  /** Name of a file in test/vectors/wstrust/clients, without its extension. */
  readonly client?: string;
  /** How curl signs in; `--anyauth` asks first and answers the challenge, as Windows does. */
  readonly authentication?: readonly string[];
  /** Another name in the URL, and so in the ticket. */
  readonly host?: string;
  /** Where the ticket cache is. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Answer {
  /** 22 for HTTP 400 and above (`--fail-with-body`): what a person at the prompt or a script sees. */
  readonly exitStatus: number | undefined;
  /** Of every answer on the way: 401 and 200 for a sign-in that worked. */
  readonly statuses: readonly number[];
  readonly connections: number;
  readonly headers: string;
  readonly body: string;
  readonly stderr: string;
  /** In the request's `client-request-id`, and in the record. */
  readonly requestId: string;
}

const CLIENTS = join(import.meta.dirname, '..', 'vectors', 'wstrust', 'clients');
const DEFAULT_CLIENTS: Readonly<Record<EndpointName, string>> = {
  windowsTransport13: 'dsregtool-13',
  windowsTransport2005: 'dsregtool-2005',
  activeSignInUri: 'msal-dotnet-13',
};

/** The vector's request with Mortise's own address in wsa:To. */
export function requestFor(client: string, address: string): string {
  const text = readFileSync(join(CLIENTS, `${client}.xml`), 'utf8');
  return text.replace(/(<(\w+):To\b[^>]*>)[^<]*(<\/\2:To>)/, (_, open: string, _prefix, close: string) =>
    [open, address, close].join(''),
  );
}

export async function ask(mortise: Mortise, options: AskOptions = {}): Promise<Answer> {
  const { endpoint = 'windowsTransport13', authentication = ['--anyauth', '-u', ':'], env = {} } = options;
  const url = new URL(mortise.urls[endpoint]);
  if (options.host !== undefined) url.hostname = options.host;
  const requestId = randomUUID();
  const folder = await mkdtemp(join(mortise.folder, 'curl-'));
  const at = (name: string): string => join(folder, name);
  await writeFile(at('request'), requestFor(options.client ?? DEFAULT_CLIENTS[endpoint], url.href));
  const headers = ['Content-Type: application/soap+xml; charset=utf-8', `client-request-id: ${requestId}`];
  const args = [
    ['--silent', '--show-error', '--fail-with-body', '--max-time', '30', '--cacert', mortise.caFile],
    // The name is that of production, without a port; the socket goes to the test's.
    ['--connect-to', `${url.hostname}:443:${mortise.address}:${mortise.port}`],
    authentication,
    headers.flatMap((header) => ['--header', header]),
    ['--data-binary', `@${at('request')}`],
    ['--dump-header', at('headers'), '--output', at('body'), '--stderr', at('stderr')],
    ['--write-out', '%{num_connects}', url.href],
  ].flat();
  try {
    const { stdout, status } = await run('curl', args, { env }).then(
      (output) => ({ stdout: output, status: 0 }),
      (error: unknown) => {
        if (error instanceof ProgramFailed) return error;
        throw error;
      },
    );
    const text = async (name: string): Promise<string> => readFile(at(name), 'utf8').catch(() => '');
    const received = await text('headers');
    return {
      exitStatus: status,
      statuses: [...received.matchAll(/^HTTP\/\S+ (\d{3})/gm)].map((match) => Number(match[1])),
      connections: Number(stdout),
      headers: received,
      body: await text('body'),
      stderr: await text('stderr'),
      requestId,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The assertion as it came, byte for byte: its signature covers nothing else. */
export function assertionOf({ body, statuses, stderr }: Answer): string {
  const cut = /RequestedSecurityToken>(<((?:[\w.-]+:)?Assertion)\b.*<\/\2>)<\//s.exec(body)?.[1];
  if (cut === undefined) throw new Error(`no assertion after HTTP ${statuses.join(', ')}: ${stderr}${body}`);
  return cut;
}

/** Subcode and Reason of the SOAP fault, as event 1088 shows them. */
export function faultOf({ body }: Answer): string {
  const subcode = /<s:Subcode><s:Value[^>]*>a:(\w+)</.exec(body)?.[1];
  const reason = /<s:Text[^>]*>([^<]*)</.exec(body)?.[1];
  return `${subcode}: ${reason}`;
}
