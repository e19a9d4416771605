/** How many binds run at once, in which order the others follow, and servers that give no answer to a bind. */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLdapDirectory } from '../../src/directory/ldap.ts';
import { bindQueue } from '../../src/directory/ldap-password.ts';
import { Password } from '../../src/directory/password.ts';
import { refusalFrom } from '../refusal-of.ts';

interface Gate {
  readonly open: () => void;
  readonly passed: Promise<void>;
}
const gate = (): Gate => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, passed: promise };
};

describe('the queue', () => {
  test('runs so many at once, and the others in their order', async () => {
    const queue = bindQueue(2);
    const gates = Array.from({ length: 5 }, gate);
    const started: number[] = [];
    const works = gates.map(({ passed }, index) =>
      queue.run(async () => {
        started.push(index);
        await passed;
        return index;
      }),
    );
    await Promise.resolve();
    expect(started).toEqual([0, 1]);
    expect(queue.load()).toEqual({ running: 2, waiting: 3 });
    gates[1]?.open();
    await works[1];
    await expect.poll(() => started).toEqual([0, 1, 2]);
    for (const { open } of gates) open();
    expect(await Promise.all(works)).toEqual([0, 1, 2, 3, 4]);
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(queue.load()).toEqual({ running: 0, waiting: 0 });
  });

  test('a place whose work failed is free again', async () => {
    const queue = bindQueue(1);
    await expect(queue.run(() => Promise.reject(new Error('the first')))).rejects.toThrow('the first');
    expect(await queue.run(() => Promise.resolve('the second'))).toBe('the second');
  });

  test('who would wait behind too many is told at once', async () => {
    const queue = bindQueue(1, 1);
    const { open, passed } = gate();
    const running = queue.run(() => passed);
    const waiting = queue.run(() => Promise.resolve('its turn'));
    await expect(queue.run(() => Promise.resolve())).rejects.toMatchObject({
      code: 'directory-down',
      facts: { detail: 'too many passwords wait for their turn' },
    });
    open();
    await running;
    expect(await waiting).toBe('its turn');
  });
});

describe('a server that gives no answer to a bind', () => {
  const PASSWORD = 'not-a-real password';
  const check = async (onConnection: (socket: Socket) => void): Promise<string> => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      onConnection(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const directory = openLdapDirectory(
      {
        serversHostAndPort: [`127.0.0.1:${(server.address() as AddressInfo).port}`],
        connectionSecurity: 'None',
        validateTlsCertificates: false,
        bindDN: 'svc@example.test',
        bindPassword: 'another',
      },
      { log: { info: () => undefined, warn: () => undefined }, timeoutMs: 300 },
    );
    onTestFinished(async () => directory.close());
    const dn = 'CN=Nora,DC=example,DC=test';
    const refusal = await refusalFrom(directory.checkPassword({ dn, password: new Password(PASSWORD) }));
    expect(JSON.stringify([refusal.message, refusal.facts, refusal.stack])).not.toContain('not-a-real');
    return refusal.code;
  };

  test('and stays silent', async () => {
    expect(await check((socket) => socket.resume())).toBe('directory-down');
  });

  test('and closes in the middle of it', async () => {
    expect(await check((socket) => socket.once('data', () => socket.destroy()))).toBe('directory-down');
  });

  test('and ends in the middle of its answer', async () => {
    // The first octets of a BindResponse (RFC 4511 §4.2.2).
    const begun = Buffer.from([0x30, 0x0c, 0x02, 0x01, 0x01, 0x61]);
    expect(await check((socket) => socket.once('data', () => socket.end(begun)))).toBe('directory-down');
  });

  test('and says what is no LDAP', async () => {
    const http = 'HTTP/1.1 400 Bad Request\r\n\r\n';
    expect(await check((socket) => socket.once('data', () => socket.end(http)))).toBe('directory-down');
  });
});
