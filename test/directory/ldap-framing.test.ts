/** What a server, or whoever sits between, may send: whole answers pass in any pieces; all else ends the connection. */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ServerDown } from '../../src/directory/ldap-errors.ts';
import { ldapFraming } from '../../src/directory/ldap-framing.ts';
import { openLdapDirectory } from '../../src/directory/ldap.ts';
import { refusalFrom } from '../refusal-of.ts';

/** One element with the four-byte length that AD writes. */
function tlv(tag: number, ...contents: readonly (Buffer | string)[]): Buffer {
  const inside = Buffer.concat(contents.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const head = Buffer.from([tag, 0x84, 0, 0, 0, 0]);
  head.writeUInt32BE(inside.length, 2);
  return Buffer.concat([head, inside]);
}

const id = (value: number): Buffer => Buffer.from([0x02, 0x01, value]);
const text = (value: string): Buffer => tlv(0x04, value);
const result = (tag: number): Buffer => tlv(tag, tlv(0x0a, Buffer.of(0)), text(''), text(''));
const attribute = (name: string, ...values: readonly string[]): Buffer =>
  tlv(0x30, text(name), tlv(0x31, ...values.map(text)));
const entry = (...attributes: readonly Buffer[]): Buffer => tlv(0x64, text('CN=A,DC=b'), tlv(0x30, ...attributes));
const message = (number: number, operation: Buffer): Buffer => tlv(0x30, id(number), operation);

const ANSWERS = [
  message(1, result(0x61)),
  message(2, entry()),
  message(2, entry(attribute('cn', 'A'), attribute('memberOf', 'x', 'y'), attribute('empty'))),
  message(2, tlv(0x73, text('ldap://other/'))),
  message(2, result(0x65)),
  message(3, result(0x67)),
  message(3, result(0x78)),
];

describe('answers', () => {
  test('pass whole and one by one, whatever the pieces in which they come', () => {
    const stream = Buffer.concat(ANSWERS);
    const cuts = fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (places) => {
        const { cut, isWithinMessage } = ldapFraming();
        const borders = [0, ...places.toSorted((a, b) => a - b), stream.length];
        const passed = borders.flatMap((from, index) => cut(stream.subarray(from, borders[index + 1])));
        expect(passed.map((one) => one.toString('hex'))).toEqual(ANSWERS.map((one) => one.toString('hex')));
        expect(isWithinMessage()).toBe(false);
      }),
    );
  });

  test('lose their controls, for which nobody asked', () => {
    const controls = tlv(0xa0, tlv(0x30, text('1.2.840.113556.1.4.319')));
    const [passed] = ldapFraming().cut(tlv(0x30, id(2), result(0x65), controls));
    expect(passed?.toString('hex')).toBe(message(2, result(0x65)).toString('hex'));
  });

  test('a message that has begun is known, and given out when it ends', () => {
    const { cut, isWithinMessage } = ldapFraming();
    expect(cut(Buffer.concat([message(1, result(0x61)), Buffer.of(0x30)]))).toHaveLength(1);
    expect(isWithinMessage()).toBe(true);
    expect(cut(message(2, result(0x65)).subarray(1))).toHaveLength(1);
    expect(isWithinMessage()).toBe(false);
  });

  test('a long one in many pieces costs no more than its length', () => {
    const long = message(2, entry(attribute('memberOf', 'x'.repeat(3 * 1024 * 1024))));
    const { cut } = ldapFraming();
    const begin = performance.now();
    const passed: Buffer[] = [];
    for (let at = 0; at < long.length; at += 100) passed.push(...cut(long.subarray(at, at + 100)));
    expect(passed).toHaveLength(1);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});

/** A value whose length reaches beyond the message: ldapts reads it again and again. */
const ENDLESS = tlv(0x30, id(2), Buffer.from([0x64, 0x04, 0x04, 0x50, 0x41, 0x42]));

describe('what is no answer', () => {
  test.each<[string, Buffer]>([
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['an indefinite length', Buffer.from([0x30, 0x80, 0, 0])],
    ['a length of five bytes', Buffer.from([0x30, 0x85, 0, 0, 0, 0, 1])],
    ['a message of more than 4 MiB', Buffer.from([0x30, 0x84, 0x00, 0x40, 0x00, 0x01])],
    ['no operation', tlv(0x30, id(1))],
    ['no number', tlv(0x30, text('1'), result(0x61))],
    ['a number of five bytes', tlv(0x30, tlv(0x02, Buffer.alloc(5, 1)), result(0x61))],
    ['an operation that is a request', message(1, tlv(0x63))],
    ['a result without a code', message(1, tlv(0x61, text(''), text('')))],
    ['a result without a message', message(1, tlv(0x65, tlv(0x0a, Buffer.of(0)), text('')))],
    ['an element that reaches beyond the one around it', ENDLESS],
    ['an entry without attributes', message(2, tlv(0x64, text('CN=A')))],
    ['an attribute that is no sequence', message(2, entry(text('cn')))],
    ['an attribute without values', message(2, entry(tlv(0x30, text('cn'))))],
    ['a value that is no octet string', message(2, entry(tlv(0x30, text('cn'), tlv(0x31, id(1)))))],
    ['a reference that is no octet string', message(2, tlv(0x73, id(1)))],
    ['two lists of controls', tlv(0x30, id(2), result(0x65), tlv(0xa0), tlv(0xa0))],
  ])('%s', (_, bytes) => {
    expect(() => ldapFraming().cut(bytes)).toThrow(ServerDown);
  });

  test('no bytes at all make anything else of it', () => {
    const stream = Buffer.concat(ANSWERS);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .tuple(fc.nat(stream.length - 1), fc.integer({ min: 1, max: 255 }))
        .map(([at, flip]) => stream.map((octet, index) => (index === at ? octet ^ flip : octet))),
    );
    fc.assert(
      fc.property(bytes, (chunk) => {
        try {
          ldapFraming().cut(chunk);
        } catch (error) {
          expect(error).toBeInstanceOf(ServerDown);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A server that sends these bytes for each chunk it gets, one after the other. */
async function serverThatSays(...answers: readonly Buffer[]): Promise<number> {
  const server = createServer((socket) => {
    let said = 0;
    socket.on('error', () => undefined).on('data', () => socket.write(answers[said++] ?? Buffer.alloc(0)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

describe('a connection', () => {
  const reason = async (connectionSecurity: 'None' | 'StartTLS', ...answers: readonly Buffer[]): Promise<string> => {
    const port = await serverThatSays(...answers);
    const directory = openLdapDirectory(
      {
        serversHostAndPort: [`127.0.0.1:${port}`],
        connectionSecurity,
        validateTlsCertificates: true,
        bindDN: 'CN=reader',
        bindPassword: 'secret',
      },
      { log: { info: () => undefined, warn: () => undefined }, timeoutMs: 2_000 },
    );
    onTestFinished(async () => directory.close());
    const { code, facts } = await refusalFrom(
      directory.search({
        base: 'DC=b',
        scope: 'sub',
        filter: { type: 'present', attribute: 'objectClass' },
        attributes: ['cn'],
        sizeLimit: 2,
      }),
    );
    expect(code).toBe('directory-down');
    return facts.detail ?? '';
  };

  test('ends at once when what comes is no answer, and says so', async () => {
    expect(await reason('None', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))).toContain('no LDAP message');
  });

  test('takes nothing that was said in clear text after the answer to StartTLS', async () => {
    const begun = message(3, result(0x61)).subarray(0, 9);
    expect(await reason('StartTLS', Buffer.concat([message(2, result(0x78)), begun]))).toContain('in clear text');
  });

  // In a process of its own: the parser behind the framing would take all memory, and end this one.
  test('an entry that the parser would read without end does not stop the process', () => {
    const program = `
      import { createServer } from 'node:net';
      import { openLdapDirectory } from '${new URL('../../src/directory/ldap.ts', import.meta.url).href}';
      const answers = ['${message(2, result(0x61)).toString('hex')}', '${tlv(0x30, id(3), Buffer.from([0x64, 0x04, 0x04, 0x50, 0x41, 0x42])).toString('hex')}'];
      const server = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.write(Buffer.from(answers.shift() ?? '', 'hex'))));
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const directory = openLdapDirectory(
        { serversHostAndPort: ['127.0.0.1:' + server.address().port], connectionSecurity: 'None', validateTlsCertificates: true, bindDN: 'CN=reader', bindPassword: 'secret' },
        { log: { info() {}, warn() {} }, timeoutMs: 2000 });
      const search = { base: 'DC=b', scope: 'sub', filter: { type: 'present', attribute: 'objectClass' }, attributes: ['cn'], sizeLimit: 2 };
      await directory.search(search).catch((refusal) => console.log(refusal.code, refusal.facts.detail));
      await directory.close();
      server.close();`;
    const options = ['--max-old-space-size=128', '--input-type=module', '--eval', program];
    const { status, stdout } = spawnSync(process.execPath, options, { encoding: 'utf8', timeout: 20_000 });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('directory-down') });
    expect(stdout).toContain('no LDAP message');
  });
});
