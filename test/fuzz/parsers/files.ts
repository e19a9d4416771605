/** What an administrator hands over: configuration, key files, captures for the doctor. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '../../../src/config/load.ts';
import { ConfigurationError } from '../../../src/config/problem.ts';
import { readYaml } from '../../../src/config/read-yaml.ts';
import { diagnose } from '../../../src/doctor/diagnose/diagnose.ts';
import { readCaptures } from '../../../src/doctor/read/read.ts';
import { htmlReport } from '../../../src/doctor/report/html.ts';
import { jsonReport } from '../../../src/doctor/report/json.ts';
import { redact } from '../../../src/doctor/report/redact.ts';
import { namesIn } from '../../../src/doctor/report/redact-names.ts';
import { reportOf } from '../../../src/doctor/report/report.ts';
import { hideSecrets } from '../../../src/doctor/report/secrets.ts';
import { textReport } from '../../../src/doctor/report/text.ts';
import { importKeyMaterial } from '../../../src/keys/import.ts';
import { KeyError } from '../../../src/keys/key-error.ts';
import { ENV, sampleText } from '../../config/sample.ts';
import { BYTES } from '../mutate-bytes.ts';
import { textMutators } from '../mutate-text.ts';
import { TLV } from '../mutate-tlv.ts';
import { hasControlCharacters, mustHold, vectorFiles } from '../parser.ts';
import type { Parser } from '../parser.ts';

const root = join(import.meta.dirname, '../../..');

const YAML_WORDS = [
  '\n',
  '  ',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '<<: *a',
  '!!binary ',
  '!x ',
  '|',
  '>-',
  '"',
  "'",
  '#',
  '---',
  '...',
  '? ',
  '\t',
  '${env:X}',
  'null',
  '~',
  '.inf',
  '0x10',
  '2026-01-01',
  'yes',
];

export const YAML: Parser = {
  name: 'yaml',
  seeds: () => [
    Buffer.from('a: 1\nb:\n  - c: "x"\n    d: [1, {e: f}]\n  - |\n    text\n'),
    Buffer.from('a: &x [1]\nb: *x\n'),
    Buffer.from('? complex\n: value\n!!str tag: !x y\n'),
  ],
  mutators: [...BYTES, ...textMutators(YAML_WORDS), ...textMutators(YAML_WORDS)],
  refuses: () => false,
  take(input) {
    const read = readYaml(input.toString('utf8'));
    if ('problems' in read) {
      mustHold(read.problems.length > 0 && read.problems.every(({ line }) => line >= 1), 'a problem has its line');
      return read.problems[0]?.message ?? '';
    }
    mustHold((read.lineOf(['a', 0]) ?? 1) >= 1, 'every path has a line');
    return typeof read.value;
  },
  longest: 16_384,
  runs: 600,
};

const CONFIGURATION_WORDS = [
  ...YAML_WORDS,
  'server:',
  'environment:',
  'gateways:',
  'applications:',
  'attributes:',
  'value: ',
  'secret: ',
  'env: ',
  'file: ',
  'userTypes:',
  'ldapFilterPattern: ',
  '(cn=${identifier})',
  '#string.uuidAsBase64Guid(user.externalId,null)',
];

export const CONFIGURATION: Parser = {
  name: 'configuration',
  seeds: () => [Buffer.from(sampleText()), readFileSync(join(root, 'config.example.yaml'))],
  mutators: [...BYTES, ...textMutators(CONFIGURATION_WORDS), ...textMutators(CONFIGURATION_WORDS)],
  refuses: (error) => error instanceof ConfigurationError,
  take(input) {
    const options = { env: ENV, readFile: () => 'text of a file' };
    const { warnings } = loadConfiguration({ text: input.toString('utf8'), directory: '/' }, options);
    return `loads ${warnings.map(({ message }) => message).join(' ')}`;
  },
  runs: 250,
};

const CAPTURE_WORDS = [
  '\r\n',
  ' : ',
  '+----',
  '| SSO State |',
  'AzureAdJoined : YES',
  'AzureAdPrt : NO',
  'DsrCLI: ',
  'TenantInfo::Discover: ',
  'HRESULT = 0x801c03f2',
  '0xCAA90006',
  'error_description',
  'AADSTS50034',
  'TimeCreated : ',
  'Id : 304',
  'Message : ',
  'PS C:\\> ',
  'DSREGCMD_END_STATUS',
  'SigningCertificate : ',
  '\u001b[31m',
  '> ',
  '\u00a0',
  'S-1-5-21-1-2-3-4',
  'nora@corp.example.test',
  '2026-03-01 08:00:00.000 UTC',
  'https://sso.corp.example.test/',
];

export const CAPTURE: Parser = {
  name: 'doctor-capture',
  seeds: () => vectorFiles('doctor/diagnose', /txt$/),
  mutators: [...BYTES, ...textMutators(CAPTURE_WORDS), ...textMutators(CAPTURE_WORDS)],
  refuses: () => false,
  async take(input) {
    const reading = await readCaptures([{ name: 'capture.txt', bytes: pieces(input) }]);
    const at = new Date('2026-03-01T08:00:00Z');
    const report = hideSecrets(reportOf(diagnose(reading, { at, configuration: undefined }), reading, at));
    for (const one of [report, redact(report, namesIn(reading))]) {
      const text = textReport(one, { columns: 100, colour: false });
      mustHold(!hasControlCharacters(text, '\n\t'), 'nothing that a terminal obeys');
      JSON.parse(jsonReport(one));
      mustHold(!/<script|<img|javascript:/i.test(htmlReport(one)), 'a page without what runs or loads');
    }
    return `${reading.captures.map(({ kind }) => kind).join(' ')}: ${report.findings
      .map(({ id }) => id)
      .slice(0, 3)
      .join(' ')}`;
  },
  longest: 32_768,
  runs: 250,
};

async function* pieces(input: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < input.length; at += 1_000) yield input.subarray(at, at + 1_000);
}

/** An INTEGER above 65,535: that many iterations are not asked for here, as each input would take its time (test/keys). */
function asksForMany(input: Buffer): boolean {
  for (let at = input.indexOf(2); at !== -1; at = input.indexOf(2, at + 1)) {
    const length = input[at + 1] ?? 0;
    if (length > 3 && length < 8) return true;
    if (length === 3 && input[at + 2] !== 0) return true;
  }
  return false;
}

export const KEY_FILE: Parser = {
  name: 'key-file',
  // Key files are made by openssl and kept: test/fuzz/corpus/key-file.
  seeds: () => [
    Buffer.from(
      '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
    ),
  ],
  mutators: [...BYTES, ...TLV, ...TLV],
  refuses: (error) => error instanceof KeyError,
  take(input) {
    if (asksForMany(input)) return 'not tried';
    const { privateKey } = importKeyMaterial([input], 'x');
    return `read ${privateKey.asymmetricKeyType}`;
  },
  runs: 1_000,
};
