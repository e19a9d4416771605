/** Carries tokens between python3-gssapi's initiator and our acceptor until the initiator has its verdict. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BASE_ENVIRONMENT } from '../../lab/run.ts';
import type { Accepted, AcceptOptions, NegotiationState } from '../../src/kerberos/accept.ts';
import { acceptSecurityContext } from '../../src/kerberos/accept.ts';
import { mechanisms } from '../../src/kerberos/spnego.ts';

function sayWhenMissing(): boolean {
  const works = spawnSync('python3', ['-c', 'import gssapi'], { env: { ...BASE_ENVIRONMENT } }).status === 0;
  if (!works) console.error('!!! python3-gssapi is not installed: the tests that compare with it are left out.');
  return works;
}

/** For `describe.skipIf(!gssapiAvailable)`. */
export const gssapiAvailable: boolean = sayWhenMissing();

export interface InitiatorOptions {
  /** In the order in which the client offers them; Kerberos alone when absent. */
  readonly offered?: readonly string[];
  /** True when absent. */
  readonly mutual?: boolean;
  /** Application data of the channel bindings. */
  readonly bindings?: Uint8Array;
}

export interface Conversation {
  readonly legs: number;
  readonly last: Accepted | undefined;
  /** The initiator's: `complete FLAGS` or `failed REASON`. */
  readonly verdict: string;
}

/** Throws what the acceptor throws. */
export async function converse(
  host: string,
  env: Readonly<Record<string, string>>,
  options: () => AcceptOptions,
  { offered = [mechanisms.krb5], mutual = true, bindings }: InitiatorOptions = {},
): Promise<Conversation> {
  const asked = { mechanisms: offered, mutual, bindings: bindings ? Buffer.from(bindings).toString('hex') : null };
  const script = join(import.meta.dirname, 'gssapi-initiator.py');
  const initiator = spawn('python3', [script, `HTTP@${host}`, JSON.stringify(asked)], {
    env: { ...BASE_ENVIRONMENT, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // It has ended when it has its verdict; an answer that it does not wait for is no failure.
  initiator.stdin.on('error', () => undefined);
  let state: NegotiationState | undefined;
  let last: Accepted | undefined;
  let legs = 0;
  let verdict = 'none';
  try {
    for await (const line of createInterface({ input: initiator.stdout })) {
      if (/^(complete|failed)/.test(line)) {
        verdict = line;
        continue;
      }
      legs += 1;
      const result = acceptSecurityContext(Buffer.from(line, 'base64'), state, options());
      if (result.kind === 'continue') state = result.state;
      else last = result;
      initiator.stdin.write(`${Buffer.from(result.responseToken ?? []).toString('base64')}\n`);
    }
  } finally {
    initiator.kill();
  }
  return { legs, last, verdict };
}
