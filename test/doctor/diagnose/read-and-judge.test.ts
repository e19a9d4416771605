/** The vectors as files: read as they stand they give the findings of their JSON; mutated they are judged without an exception. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert, asyncProperty, constantFrom, nat } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { diagnose } from '../../../src/doctor/diagnose/diagnose.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import { readCaptures } from '../../../src/doctor/read/read.ts';

const folder = join(import.meta.dirname, '../../vectors/doctor/diagnose');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.slice(0, -'.txt'.length));

const expectation = z.object({ at: z.string().optional(), findings: z.array(z.string()) });

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

async function judged(name: string, bytes: Uint8Array, at: Date | undefined): Promise<readonly Finding[]> {
  const reading = await readCaptures([{ name, bytes: inPieces(bytes) }]);
  return diagnose(reading, { at, configuration: undefined }).findings;
}

const tree = (finding: Finding, depth = 0): readonly string[] => [
  `${'  '.repeat(depth)}${finding.severity} ${finding.id}`,
  ...finding.consequences.flatMap((one) => tree(one, depth + 1)),
];

const bytesOf = (name: string): Uint8Array => readFileSync(join(folder, `${name}.txt`));

describe('read from a file', () => {
  test.each(names)('%s', async (name) => {
    const told = expectation.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
    const at = told.at === undefined ? undefined : new Date(told.at);
    const findings = await judged(name, bytesOf(name), at);
    expect(findings.flatMap((finding) => tree(finding))).toEqual(told.findings);
  });

  test('changed bytes and cut ends are judged', async () => {
    await assert(
      asyncProperty(constantFrom(...names), nat(), nat(), nat(255), async (name, end, place, byte) => {
        const bytes = Uint8Array.from(bytesOf(name));
        bytes[place % bytes.length] = byte;
        expect(Array.isArray(await judged(name, bytes.subarray(0, end % (bytes.length + 1)), undefined))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
