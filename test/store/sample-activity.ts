/** Records for the tests: those with every field, and short ones. */
import type { Activity } from '../../src/audit/activity.ts';

/** Every field that an Activity may have, but for what was done. */
export const wholeActivity: Activity = {
  id: '6f1c2a54-8f1d-4f5e-9d1a-0c7b1f3a2e10',
  recordedAt: new Date('2026-03-02T08:15:30.123Z'),
  outcome: 'refused',
  endpoint: 'windowstransport-13',
  sourceAddress: '10.20.30.40',
  applicationId: 'b7f5c3de-24a1-4f0c-8a57-3a1b2c3d4e5f',
  requestId: 'urn:uuid:0d7c3a5e-1111-4222-8333-944455556666',
  principal: 'DESKTOP-01$@CORP.EXAMPLE.TEST',
  subject: {
    kind: 'device',
    userId: '0a0b0c0d-1111-4111-8111-111111111111',
    username: '2d1f9a3e-7c55-4e0b-a1f7-5f2f3a4b5c6d',
    name: 'DESKTOP-01$',
    objectGUID: '2d1f9a3e-7c55-4e0b-a1f7-5f2f3a4b5c6d',
    objectSid: 'S-1-5-21-1004336348-1177238915-682003330-1104',
    dn: 'CN=DESKTOP-01,OU=Computers,DC=corp,DC=example,DC=test',
  },
  steps: [
    { name: 'kerberos', durationMs: 0.812, detail: 'AES256, kvno 3' },
    { name: 'directory', durationMs: 3.4 },
    { name: 'claims', durationMs: 0.2, detail: 'attribute-missing', failed: true },
  ],
  notes: ['a user was created'],
  refusal: {
    code: 'attribute-missing',
    expected: 'a value of ${user.externalId}',
    actual: 'nothing',
    attribute: 'ImmutableID',
    detail: 'row 3 of the application',
  },
  assertion: {
    id: '_0f0e0d0c-2222-4222-8222-222222222222',
    notOnOrAfter: new Date('2026-03-02T09:15:30.000Z'),
    claims: [
      {
        name: 'accounttype',
        namespace: 'http://schemas.microsoft.com/ws/2012/01',
        value: 'DJ',
        source: '"DJ"',
      },
    ],
  },
};

/** What an administrator did at the command line. */
export const factorsReset: Activity = {
  id: 'd0e5f7a1-3c2b-4a19-8f08-7e6d5c4b3a29',
  recordedAt: new Date('2026-03-02T08:30:00.000Z'),
  outcome: 'done',
  event: { kind: 'second-factors-reset', detail: '2 factors', by: 'root' },
  endpoint: 'command-line',
  sourceAddress: 'local',
  subject: { kind: 'person', username: 'nora@corp.example.test', userId: '0a0b0c0d-2222-4222-8222-222222222222' },
  steps: [],
  notes: [],
};

export function issued(id: string, at: string, principal = 'DESKTOP-02$@CORP.EXAMPLE.TEST'): Activity {
  return {
    id,
    recordedAt: new Date(at),
    outcome: 'issued',
    endpoint: 'windowstransport-2005',
    sourceAddress: '10.0.0.7',
    principal,
    steps: [],
    notes: [],
  };
}
