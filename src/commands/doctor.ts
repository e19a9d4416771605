/**
 * `mortise doctor`: reads captures of a Windows computer or of Microsoft Graph, and says what is wrong and what cures it.
 *
 * Owns inputs, output and exit status; reading, judging and writing are in doctor/. Nothing is sent anywhere and nothing is
 * changed. Exit status: 0 in order, 1 warnings, 2 errors were found; 64 usage, 66 an input cannot be read, 73 the page
 * cannot be written, 78 the configuration does not load (as sysexits.h names them), 70 a defect.
 */
import { createReadStream, statSync, writeFileSync } from 'node:fs';
import type { PublicConfiguration } from '../config/load.ts';
import { ConfigurationError } from '../config/problem.ts';
import { diagnose } from '../doctor/diagnose/diagnose.ts';
import type { DoctorConfiguration } from '../doctor/given.ts';
import { readCaptures } from '../doctor/read/read.ts';
import { withRecord } from '../doctor/record/match.ts';
import { htmlReport } from '../doctor/report/html.ts';
import { jsonReport } from '../doctor/report/json.ts';
import { redact } from '../doctor/report/redact.ts';
import { namesIn } from '../doctor/report/redact-names.ts';
import type { Report } from '../doctor/report/report.ts';
import { reportOf, statusOf } from '../doctor/report/report.ts';
import { hideSecrets } from '../doctor/report/secrets.ts';
import { textReport } from '../doctor/report/text.ts';
import { federationSettings } from '../entra/federation-settings.ts';
import type { StoredSigningKey, StoreReader } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { EXIT } from './exit-status.ts';
import { readPublicConfiguration, withStoreReader } from './open.ts';
import { explain } from './problem.ts';

export interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
  /** `true`: to standard output. */
  readonly html?: string | true;
  readonly redact?: boolean;
  readonly at?: Date;
}

class DoctorStop extends Error {
  override readonly name = 'DoctorStop';
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

export async function doctorCommand(files: readonly string[], options: DoctorOptions): Promise<number> {
  try {
    return await runDoctor(files, options);
  } catch (error) {
    process.stderr.write(`${explainStop(error)}\n`);
    return statusOfError(error);
  }
}

const explainStop = (error: unknown): string => (error instanceof DoctorStop ? error.message : explain(error));

function statusOfError(error: unknown): number {
  if (error instanceof DoctorStop) return error.status;
  return error instanceof ConfigurationError || error instanceof StoreError ? EXIT.configuration : EXIT.defect;
}

async function runDoctor(files: readonly string[], options: DoctorOptions): Promise<number> {
  const { names, page } = namedFiles(files, options.html);
  if (options.json === true && page !== undefined) throw new DoctorStop('Give --json or --html, not both.', EXIT.usage);
  const inputs = openInputs(names);
  // Before anything is read: half a configuration would give half a diagnosis.
  const configuration = options.config === undefined ? undefined : readPublicConfiguration({ config: options.config });
  const reading = await readCaptures(inputs);
  if (reading.inputs.every(({ lines }) => lines === 0))
    throw new DoctorStop(
      'There is nothing in the input. `mortise doctor --help` says what to capture.',
      EXIT.unreadable,
    );
  const judge = async (store: StoreReader | undefined): Promise<Report> => {
    const given = {
      at: options.at,
      configuration: configuration && doctorConfiguration(configuration, (await store?.signingKeys.list()) ?? []),
    };
    const diagnosis = diagnose(reading, given);
    const matched = store === undefined ? { diagnosis, names: [] } : await withRecord(diagnosis, store.activities);
    const report = hideSecrets(reportOf(matched.diagnosis, reading, options.at));
    return options.redact === true ? redact(report, [...namesIn(reading), ...matched.names]) : report;
  };
  const report = configuration === undefined ? await judge(undefined) : await withStoreIfAny(configuration, judge);
  output(report, options, page);
  if (reading.captures.length > 0) return statusOf(report.findings);
  // Unknown text in order would be a wrong answer.
  throw new DoctorStop(
    'No capture was recognised, so nothing was judged. `mortise doctor --help` says what to capture.',
    EXIT.unreadable,
  );
}

/** `--html join.txt` means a page on standard output, made from join.txt: an input is never written over. */
function namedFiles(
  files: readonly string[],
  html: string | true | undefined,
): { readonly names: readonly string[]; readonly page: string | true | undefined } {
  if (typeof html !== 'string' || /\.html?$/i.test(html)) return { names: files, page: html };
  return { names: [html, ...files], page: true };
}

interface Input {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Nothing is read before every file is known to be there. */
function openInputs(names: readonly string[]): readonly Input[] {
  const given = names.length === 0 ? ['-'] : names;
  if (given.includes('-') && process.stdin.isTTY) {
    throw new DoctorStop(
      'Name files, or pipe a capture in: `mortise doctor join.txt status.txt`, or `… | mortise doctor`.\nWhat to capture on Windows: dsregcmd /join /debug as SYSTEM, dsregcmd /status, Get-MgDomainFederationConfiguration.',
      EXIT.usage,
    );
  }
  const problems = given.flatMap((name) => (name === '-' ? [] : (problemOf(name) ?? [])));
  if (problems.length > 0) throw new DoctorStop(problems.join('\n'), EXIT.unreadable);
  return given.map((name) =>
    name === '-' ? { name: 'stdin', bytes: process.stdin } : { name, bytes: readFile(name) },
  );
}

function problemOf(name: string): string | undefined {
  try {
    return statSync(name).isDirectory() ? `${name}: is a folder. Name the files in it.` : undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `${name}: ${code === 'ENOENT' ? 'there is no such file' : message}. Check the name and the permissions.`;
  }
}

/** Opened when its turn comes. */
async function* readFile(name: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(name)) yield chunk as Uint8Array;
  } catch (error) {
    throw new DoctorStop(`${name}: cannot be read (${(error as Error).message}).`, EXIT.unreadable);
  }
}

/** Without a store there is no record yet, and no certificate to compare; the captures are judged all the same. */
async function withStoreIfAny(
  configuration: PublicConfiguration,
  judge: (store: StoreReader | undefined) => Promise<Report>,
): Promise<Report> {
  try {
    return await withStoreReader(configuration, judge);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'missing') throw error;
    process.stderr.write(`${error.message}\nThe doctor goes on without record and certificate.\n`);
    return judge(undefined);
  }
}

export function doctorConfiguration(
  { server, environment }: PublicConfiguration,
  keys: readonly StoredSigningKey[],
): DoctorConfiguration {
  return {
    applications: environment.applications.map((application) => {
      const key = keys.find(({ id }) => id === application.idpSigning.key.id);
      const typeIds = application.kerberos.gateways.map(({ userType }) => userType.id);
      const types = environment.gateways.flatMap(({ userTypes }) => userTypes);
      return {
        application,
        served:
          key &&
          federationSettings({
            publicBaseUrl: server.publicBaseUrl,
            application,
            signingCertificate: key.certificate,
          }),
        userTypes: types.filter(({ id }) => typeIds.includes(id)),
      };
    }),
  };
}

function output(report: Report, { json }: DoctorOptions, page: string | true | undefined): void {
  if (json === true) process.stdout.write(jsonReport(report));
  else if (page === true) process.stdout.write(htmlReport(report));
  else process.stdout.write(textReport(report, { columns: process.stdout.columns, colour: hasColour() }));
  if (typeof page !== 'string') return;
  try {
    writeFileSync(page, htmlReport(report));
  } catch (error) {
    throw new DoctorStop(`${page}: cannot be written (${(error as Error).message}).`, EXIT.unwritable);
  }
}

/** no-color.org */
const hasColour = (): boolean => process.stdout.isTTY && !process.env['NO_COLOR'];
