/**
 * Many users in a store, written at once: those that Mortise would make of the first computers of forest.ts at their first
 * sign-in. By SQL of its own, since a million sign-ins take too long.
 */
import { DatabaseSync } from 'node:sqlite';
import { SAMPLE_COMPUTERS_DN, SAMPLE_DOMAIN_SID } from '../../src/directory/sample-domain.ts';
import { SAMPLE_IDS } from '../../src/rehearsal/sample-configuration.ts';
import { FIRST_RELATIVE_ID, GUID_FACTOR, GUID_MASK, GUID_PREFIX } from './forest.ts';
import type { Site } from './site.ts';

const { gateway, devices, devicePopulation } = SAMPLE_IDS;

const RANDOM_ID = ['randomblob(4)', 'randomblob(2)', 'randomblob(2)', 'randomblob(2)', 'randomblob(6)']
  .map((bytes) => `lower(hex(${bytes}))`)
  .join(` || '-' || `);

const correlation = (attribute: string, value: string): string =>
  `INSERT INTO user_correlation SELECT '${gateway}', '${devices}', '${attribute}', ${value}, id FROM filler ORDER BY ${value};`;

const fill = (count: number, now: number): string => `
  CREATE TEMP TABLE filler AS
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${count})
    SELECT ${RANDOM_ID} AS id,
      printf('PC-%07d', i) AS cn,
      '${GUID_PREFIX}' || printf('%012x', (i * ${GUID_FACTOR}) & ${GUID_MASK}) AS guid,
      '${SAMPLE_DOMAIN_SID}-' || (i + ${FIRST_RELATIVE_ID}) AS sid
    FROM n;
  INSERT INTO user SELECT id, '${devicePopulation}', guid, 1,
    json_object('nickname', cn || '$', 'externalId', guid, 'objectSid', sid, 'hybridJoinedDevice', json('true')),
    json_object('gatewayId', '${gateway}', 'userTypeId', '${devices}', 'correlationAttributes',
      json_object('objectGUID', guid, 'objectSid', sid, 'dn', 'CN=' || cn || ',${SAMPLE_COMPUTERS_DN}', 'sAMAccountName', cn || '$')),
    ${now}, ${now}, NULL FROM filler ORDER BY id;
  ${correlation('objectguid', 'guid')}
  ${correlation('objectsid', 'sid')}
  ${correlation('dn', `'CN=' || cn || ',${SAMPLE_COMPUTERS_DN}'`)}
  ${correlation('samaccountname', `cn || '$'`)}
  INSERT INTO user_unique SELECT 'username', guid, id FROM filler ORDER BY guid;
  DROP TABLE filler;
`;

/** @param site whose Mortise does not run */
export function fillUsers({ storeFile }: Site, count: number): void {
  const db = new DatabaseSync(storeFile);
  try {
    // Mortise makes it durable again when it opens it. Indexes of a million rows are made in memory.
    db.exec(
      'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -2000000',
    );
    db.exec('PRAGMA temp_store = MEMORY; BEGIN');
    db.exec(fill(count, Date.now()));
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}
