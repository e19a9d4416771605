/**
 * A person asks a usernamemixed endpoint for a token: a client's request of its own shape, written now, from an address
 * of loopback that the test chooses. Owns the request and what came back.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { PERSON_PASSWORD } from '../../lab/accounts.ts';
import { requestFor } from './curl.ts';
import type { Mortise } from './mortise.ts';

export interface PasswordRequest {
  /** Mail address: the application matches by it. */
  readonly username: string;
  readonly password?: string;
  readonly version?: '13' | '2005';
  /** Any address of 127.0.0.0/8. */
  readonly from?: string;
}

export interface PasswordAnswer {
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function written(address: string, version: '13' | '2005', username: string, password: string): string {
  const at = (offset: number): string => new Date(Date.now() + offset).toISOString();
  return requestFor(`msal-python-${version}-password`, address)
    .replace(/Created>[^<]+</, `Created>${at(0)}<`)
    .replace(/Expires>[^<]+</, `Expires>${at(600_000)}<`)
    .replace(/Username>[^<]+</, () => `Username>${escaped(username)}<`)
    .replace(/Password>[^<]+</, () => `Password>${escaped(password)}<`)
    .replace(/(MessageID>urn:uuid:)[^<]+/, `$1${randomUUID()}`);
}

export async function askByPassword(mortise: Mortise, asked: PasswordRequest): Promise<PasswordAnswer> {
  const { username, password = PERSON_PASSWORD, version = '13', from = '127.0.0.1' } = asked;
  const url = new URL(version === '13' ? mortise.urls.usernameMixed13 : mortise.urls.usernameMixed2005);
  const requestId = randomUUID();
  const options = {
    host: '127.0.0.1',
    port: mortise.port,
    localAddress: from,
    servername: url.hostname,
    path: url.pathname,
    method: 'POST',
    agent: false as const,
    ca: readFileSync(mortise.caFile),
    headers: {
      host: url.hostname,
      'content-type': 'application/soap+xml; charset=utf-8',
      'client-request-id': requestId,
    },
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8'), requestId }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(written(url.href, version, username, password));
  });
}

/** Stable code at the end of the fault's text; the whole body where there is none. */
export const codeIn = (body: string): string =>
  /\((?<code>[a-z0-9-]+)\)<\/s:Text>/.exec(body)?.groups?.['code'] ?? body;

/** Without what differs from request to request. */
export const withoutIds = (body: string): string =>
  body.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, 'ID').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
