/** RFC 4120 §3.2.3: one test and one code for each check, and the borders of the clocks. */
import { describe, expect, test } from 'vitest';
import { verifyApReq } from '../../src/kerberos/ap-req.ts';
import type { ApReqOptions } from '../../src/kerberos/ap-req.ts';
import type { KerberosService } from '../../src/kerberos/keys.ts';
import { ReplayCache } from '../../src/kerberos/replay.ts';
import type { MintOptions } from '../../src/rehearsal/kdc-ap-req.ts';
import { mintApReq } from '../../src/rehearsal/kdc-ap-req.ts';
import { gssChecksum } from '../../src/rehearsal/kdc-messages.ts';
import { minting, NOW, REALM, refusalOf, seededBytes, service } from './support.ts';

const MINUTE = 60_000;
const SKEW = 5 * MINUTE;
const at = (ms: number): Date => new Date(NOW.getTime() + ms);

const options = (changes: Partial<ApReqOptions> = {}): ApReqOptions => ({
  services: [service],
  replay: new ReplayCache(),
  now: NOW,
  maxSkewMs: SKEW,
  ...changes,
});

const verify = (changes: Partial<MintOptions> = {}, apReqOptions: ApReqOptions = options()) =>
  verifyApReq(mintApReq(minting(changes)).apReq, apReqOptions);

const refuse = (changes: Partial<MintOptions> = {}, apReqOptions: ApReqOptions = options()) =>
  refusalOf(() => verify(changes, apReqOptions));

test('what is returned is what was verified', () => {
  const { client, service: found } = verify({ authTime: at(-MINUTE), endTime: at(60 * MINUTE) });
  expect(client).toEqual({
    realm: REALM,
    name: 'DESKTOP-01$',
    service: 'HTTP/sso.corp.example.com',
    ticketEncryptionType: 18,
    kvno: undefined,
    authTime: new Date('2026-06-01T07:59:00Z'),
    endTime: new Date('2026-06-01T09:00:00Z'),
  });
  expect(found).toBe(service);
});

test.each(['desktop-01$', 'anna.muster', 'host/desktop-01.corp.example.com', 'zoë', 'anna@corp.example.com'])(
  'the name %s stays as it is in the ticket',
  (name) => {
    expect(verify({ client: { name, realm: REALM, nameType: 10 } }).client.name).toBe(name);
  },
);

describe('the authenticator', () => {
  test('made without the session key', () => {
    const mine = mintApReq(minting());
    const stolen = mintApReq(minting({ randomBytes: seededBytes('another client') }));
    // Our own authenticator behind the ticket of somebody else, of the same length.
    const at = Buffer.from(stolen.apReq).indexOf(stolen.ticket);
    const mixed = Buffer.from(mine.apReq);
    mixed.set(stolen.ticket, at);
    expect(refusalOf(() => verifyApReq(mixed, options())).code).toBe('kerberos-authenticator-modified');
  });

  test.each([
    ['name', { name: 'DESKTOP-02$', realm: REALM }],
    ['case of the name', { name: 'desktop-01$', realm: REALM }],
    ['components of the name', { name: 'DESKTOP-01$/x', realm: REALM }],
    ['realm', { name: 'DESKTOP-01$', realm: 'OTHER.EXAMPLE.COM' }],
  ])('another %s than the ticket', (_, authenticatorClient) => {
    const { code, facts } = refuse({ authenticatorClient });
    expect(code).toBe('kerberos-client-mismatch');
    expect(facts.expected).toBe(`DESKTOP-01$@${REALM} (ticket)`);
    expect(facts.actual).toBe(`${authenticatorClient.name}@${authenticatorClient.realm} (authenticator)`);
  });

  test('user-to-user is refused before anything is decrypted', () => {
    const { code, facts } = refuse({ apOptions: 0x40000000, ticketEncryptionType: 23 });
    expect(code).toBe('kerberos-malformed');
    expect(facts.detail).toContain('User-to-user');
  });
});

describe('the realm of the client', () => {
  const child: KerberosService = { ...service, gatewayId: 'gateway-child', realm: 'CHILD.CORP.EXAMPLE.COM', spns: [] };
  const client = { name: 'DESKTOP-09$', realm: child.realm };

  test('one that is no gateway’s', () => {
    const { code, facts } = refuse({ client });
    expect(code).toBe('kerberos-realm-unknown');
    expect(facts).toEqual({ expected: REALM, actual: child.realm, attribute: 'realm of the client' });
  });

  test('another domain of the forest: the gateway of that domain is returned', () => {
    const verified = verify({ client }, options({ services: [service, child] }));
    expect(verified.service.gatewayId).toBe('gateway-child');
    expect(verified.client.realm).toBe(child.realm);
  });

  test.each(['CHILD.CORP.EXAMPLE.COM', 'EXAMPLE.COM', REALM])('of the tree: %s', (realm) => {
    const services = [service, { ...child, realm }];
    expect(verify({ client: { ...client, realm } }, options({ services })).client.realm).toBe(realm);
  });

  test.each(['OTHER.EXAMPLE.ORG', 'XCORP.EXAMPLE.COM', 'LAB.EXAMPLE.COM'])(
    'of another forest, %s: the key of one forest’s service account does not open the door to another’s clients',
    (realm) => {
      const { code, facts } = refuse(
        { client: { ...client, realm } },
        options({ services: [service, { ...child, realm, spns: service.spns }] }),
      );
      expect(code).toBe('kerberos-realm-unknown');
      expect(facts).toMatchObject({ expected: `${REALM}, or a domain above or below it`, actual: realm });
    },
  );
});

describe('clocks', () => {
  // The authenticator has microseconds, of which chance makes those below the millisecond.
  const clientTime = (ms: number): Partial<MintOptions> => ({
    clientTime: at(ms),
    randomBytes: (size) => (size === 2 ? new Uint8Array(2) : seededBytes()(size)),
  });

  test.each([-SKEW, -1, 0, 1, SKEW])('%i ms apart is taken', (ms) => {
    expect(verify(clientTime(ms)).client.name).toBe('DESKTOP-01$');
  });

  test.each([
    [-SKEW - 1, 'behind'],
    [SKEW + 1, 'ahead'],
  ])('%i ms apart is refused', (ms, where) => {
    const { code, facts } = refuse(clientTime(ms));
    expect(code).toBe('kerberos-clock-skew');
    expect(facts.expected).toContain(NOW.toISOString());
    expect(facts.actual).toContain(at(ms).toISOString());
    expect(facts.detail).toContain(`300 s ${where}`);
  });

  test('one microsecond too many is refused', () => {
    const late = {
      ...clientTime(SKEW),
      randomBytes: (size: number) => (size === 2 ? Buffer.from([0, 1]) : seededBytes()(size)),
    };
    expect(refuse(late).code).toBe('kerberos-clock-skew');
  });

  test('the allowed skew is an option', () => {
    expect(refuse(clientTime(61_000), options({ maxSkewMs: MINUTE })).code).toBe('kerberos-clock-skew');
    expect(verify(clientTime(59_000), options({ maxSkewMs: MINUTE })).client.name).toBe('DESKTOP-01$');
  });
});

describe("the ticket's lifetime", () => {
  // Tickets have whole seconds.
  const now = new Date('2026-06-01T08:00:00Z');
  const fromNow = (ms: number): Date => new Date(now.getTime() + ms);
  const run = (changes: Partial<MintOptions>): string => {
    const all = { now, authTime: fromNow(-MINUTE), ...changes };
    try {
      return verify(all, options({ now })).client.name;
    } catch {
      return refuse(all, options({ now })).code;
    }
  };

  test('ends when the skew is used up', () => {
    expect(run({ endTime: fromNow(-SKEW) })).toBe('DESKTOP-01$');
    expect(run({ endTime: fromNow(-SKEW - 1000) })).toBe('kerberos-ticket-expired');
  });

  test('begins as early', () => {
    expect(run({ startTime: fromNow(SKEW) })).toBe('DESKTOP-01$');
    expect(run({ startTime: fromNow(SKEW + 1000) })).toBe('kerberos-ticket-not-yet-valid');
  });

  test('begins with the authentication when there is no start time', () => {
    expect(run({ startTime: null, authTime: fromNow(SKEW) })).toBe('DESKTOP-01$');
    expect(run({ startTime: null, authTime: fromNow(SKEW + 1000) })).toBe('kerberos-ticket-not-yet-valid');
  });

  test('has not begun while the ticket is flagged INVALID', () => {
    expect(run({ ticketFlags: 0x01000000 })).toBe('kerberos-ticket-not-yet-valid');
    expect(run({ ticketFlags: 0xfeffffff })).toBe('DESKTOP-01$');
  });

  test('the record has both times', () => {
    const { facts } = refuse(
      { now, authTime: fromNow(-20 * MINUTE), endTime: fromNow(-10 * MINUTE) },
      options({ now }),
    );
    expect(facts.expected).toContain('2026-06-01T08:00:00.000Z');
    expect(facts.actual).toContain('2026-06-01T07:50:00.000Z');
  });
});

describe('replay', () => {
  test('the same AP-REQ is taken once, whatever is unprotected in it', () => {
    const shared = options();
    const { apReq } = mintApReq(minting());
    expect(verifyApReq(apReq, shared).client.name).toBe('DESKTOP-01$');
    expect(refusalOf(() => verifyApReq(apReq, shared)).code).toBe('kerberos-replay');
    const otherCase = Buffer.from(Buffer.from(apReq).toString('latin1').replace('HTTP', 'http'), 'latin1');
    expect(refusalOf(() => verifyApReq(otherCase, shared)).code).toBe('kerberos-replay');
  });

  test('the same AP-REQ is taken once, though its ticket be made out to another SPN of the account', () => {
    const shared = options({ services: [{ ...service, spns: [...service.spns, 'HTTP/abc.corp.example.com'] }] });
    const { apReq } = mintApReq(minting());
    verifyApReq(apReq, shared);
    const renamed = Buffer.from(Buffer.from(apReq).toString('latin1').replace('sso.corp', 'abc.corp'), 'latin1');
    expect(refusalOf(() => verifyApReq(renamed, shared)).code).toBe('kerberos-replay');
  });

  test('of many at once, one is taken', async () => {
    const shared = options();
    const { apReq } = mintApReq(minting());
    const attempt = async (): Promise<string> => {
      await new Promise(setImmediate);
      try {
        return verifyApReq(apReq, shared).client.name;
      } catch {
        return 'refused';
      }
    };
    const results = await Promise.all(Array.from({ length: 50 }, attempt));
    expect(results.filter((result) => result !== 'refused')).toEqual(['DESKTOP-01$']);
  });

  test('it cannot come back when its memory ends: by then the clock refuses it', () => {
    const replay = new ReplayCache();
    const codes = new Set<string>();
    const { apReq } = mintApReq(minting({ clientTime: at(SKEW - 1) }));
    verifyApReq(apReq, options({ replay }));
    for (let minute = 0; minute <= 12; minute++) {
      codes.add(refusalOf(() => verifyApReq(apReq, options({ replay, now: at(minute * MINUTE) }))).code);
    }
    expect([...codes]).toEqual(['kerberos-replay', 'kerberos-clock-skew']);
  });

  test('a new authenticator for the same ticket is none', () => {
    const shared = options();
    verify({}, shared);
    expect(verify({ randomBytes: seededBytes('second request') }, shared).client.name).toBe('DESKTOP-01$');
  });

  test('what was refused before the replay cache is not remembered', () => {
    const shared = options();
    refuse({ authenticatorClient: { name: 'x', realm: REALM } }, shared);
    refuse({ clientTime: at(2 * SKEW) }, shared);
    refuse({ ticketEncryptionType: 23 }, shared);
    expect(shared.replay.size).toBe(0);
  });

  test('a full cache refuses rather than forgets', () => {
    const shared = options({ replay: new ReplayCache({ maxEntries: 1 }) });
    verify({}, shared);
    expect(refuse({ randomBytes: seededBytes('second request') }, shared).code).toBe('kerberos-replay-cache-full');
  });
});

describe('the checksum of GSS-API', () => {
  test.each([
    ['none', null, 'no checksum'],
    ['another type', { type: 16, octets: Buffer.alloc(24) }, 'type 0x10, 24 octets'],
    ['a private type', { type: -138, octets: Buffer.alloc(16) }, 'type -138, 16 octets'],
    ['too short', { type: 0x8003, octets: Buffer.alloc(20) }, 'type 0x8003, 20 octets'],
    ['another layout', { type: 0x8003, octets: Buffer.alloc(24) }, 'type 0x8003, 24 octets'],
  ])('%s', (_, checksum, actual) => {
    const { code, facts } = refuse({ checksum });
    expect(code).toBe('kerberos-checksum-refused');
    expect(facts.actual).toBe(actual);
  });

  test('delegation and channel bindings are passed over', () => {
    const octets = Buffer.concat([gssChecksum(0x3f).octets, Buffer.from('01000500', 'hex'), Buffer.from('creds')]);
    octets.fill(0xcb, 4, 20);
    expect(verify({ checksum: { type: 0x8003, octets } }).mutualRequired).toBe(true);
  });

  test('DCE style is refused', () => {
    expect(refuse({ gssFlags: 0x103e }).facts.detail).toContain('DCE style');
  });
});

describe('what asks for mutual authentication', () => {
  test.each([
    ['both', { apOptions: 0x20000000, gssFlags: 0x3e }, true],
    ['the protected flag alone', { apOptions: 0, gssFlags: 0x3e }, true],
    ['the option alone', { apOptions: 0x20000000, gssFlags: 0x3c }, true],
    ['neither', { apOptions: 0, gssFlags: 0x3c }, false],
  ])('%s', (_, changes, mutualRequired) => {
    expect(verify(changes).mutualRequired).toBe(mutualRequired);
  });
});

test('addresses in a ticket are not compared', () => {
  const addresses = [
    { type: 2, data: Buffer.from([192, 0, 2, 1]) },
    { type: 20, data: Buffer.from('DESKTOP-01      ') },
  ];
  expect(verify({ addresses }).client.name).toBe('DESKTOP-01$');
});

test('the key of the context is the subkey, or the session key without one', () => {
  expect(verify({ subkeyEtype: null }).contextKey).toEqual(verify({ subkeyEtype: null }).sessionKey);
  const { contextKey, sessionKey } = verify({ subkeyEtype: 17 });
  expect([contextKey.encryptionType, sessionKey.encryptionType]).toEqual([17, 18]);
});
