/** The command line: parse arguments, dispatch, exit status (0: done, 1: not). Each command is a function in commands/. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseSince } from './audit/since.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import { EXIT } from './commands/exit-status.ts';
import type { LogCommandOptions } from './commands/log.ts';
import { explain } from './commands/problem.ts';
import { version } from './server/version.ts';

const CONFIG = ['--config <file>', 'configuration file'] as const;

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('Give a number of 1 or more.');
  return number;
}

function since(text: string): Date {
  const parsed = parseSince(text, new Date());
  if (parsed === undefined)
    throw new InvalidArgumentError(
      'Give 30m, 2h or 7d for so long ago, or a time in UTC such as 2026-11-23 or 2026-11-23T08:00.',
    );
  return parsed;
}

function uuid(text: string): string {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    throw new InvalidArgumentError('Give a UUID; `uuidgen` makes one.');
  return text.toLowerCase();
}

/**
 * Runs a command, which is loaded only then: `serve` starts without what a rehearsal needs. Problems of the administrator's
 * are explained in a few lines, defects keep their stack.
 */
const run =
  <Arguments extends readonly unknown[]>(load: () => Promise<(...args: Arguments) => Promise<number>>) =>
  async (...args: Arguments): Promise<void> => {
    try {
      const command = await load();
      process.exitCode = await command(...args);
    } catch (error) {
      process.stderr.write(`${explain(error)}\n`);
      process.exitCode = 1;
    }
  };

const mortise = new Command('mortise')
  .description('A self-hosted federated identity provider for Microsoft Entra hybrid join')
  .version(version())
  // `log --config` is one thing, `log verify --config` another.
  .enablePositionalOptions()
  .showHelpAfterError('(mortise --help lists the commands)');

mortise
  .command('serve')
  .description('answer devices: the production entry')
  .requiredOption(...CONFIG)
  .action(run(async () => (await import('./commands/serve.ts')).serve));

mortise
  .command('check')
  .description('the same as `config check`')
  .requiredOption(...CONFIG)
  .action(run(async () => (await import('./commands/check.ts')).checkConfiguration));

mortise
  .command('config')
  .description('the configuration file')
  .command('check')
  .description('report everything that would keep `serve` from starting or fail against Entra; changes nothing')
  .requiredOption(...CONFIG)
  .action(run(async () => (await import('./commands/check.ts')).checkConfiguration));

mortise
  .command('preview')
  .description('show the assertion that a device or person would get now, and what Entra would say; issues nothing')
  .requiredOption(...CONFIG)
  .option('--device <name>', 'computer, with or without its $')
  .option('--user <name>', 'user name as people type it, or the bare account name')
  .option('--application <id>', 'identifier of the application, when there are several')
  .addHelpText(
    'after',
    '\nExit status: 0 when Entra would take it, 1 otherwise. Asks the directory; the store is only read.',
  )
  .action(run(async () => (await import('./commands/preview.ts')).previewCommand));

mortise
  .command('rehearse')
  .description(
    'join a sample device against a strict local Entra, sign people in, and show what Windows and the browser would see',
  )
  .option(
    '--once',
    'end by itself: exit status 0 when the device is joined by federation, has a primary refresh token, and the browser sign-ins were accepted; 1 otherwise',
  )
  .option('--mishap <name>', 'provoke a failure; `list` prints the names')
  .option(
    '--fallback [device]',
    'let the device fall back to a synchronised join: `synchronised` (default) or `not-synchronised`',
  )
  .option(
    '--then <what>',
    'what then happens to the joined device: `leave`, `rejoin`, `disable` or `delete` (the last two in Entra)',
  )
  .addOption(new Option('--port <port>', 'port of Mortise; the local Entra takes the next one').argParser(positive))
  .action(run(async () => (await import('./commands/rehearse.ts')).rehearseCommand));

const log = mortise
  .command('log')
  .description('list what was issued, what was refused and what was done')
  // Not mandatory here: `log verify` and the others are below it, and have it themselves.
  .option(...CONFIG)
  .option('--device <text>', 'name, principal, GUID or dn')
  .option('--person <text>', 'user name, UPN, principal, GUID or dn')
  .addOption(new Option('--outcome <outcome>', 'only these').choices(['issued', 'refused', 'done']))
  .option('--refusal <code>', 'only refusals with this code')
  .option('--assertion <id>', 'the token with this AssertionID')
  .option('--since <time>', 'only from this time on: 30m, 2h, 7d ago, or 2026-11-23, 2026-11-23T08:00 (UTC)', since)
  .option('--until <time>', 'only before this time', since)
  .option('--limit <n>', 'at most this many', positive, 50)
  .option('--id <id>', 'one record in full; the first characters of its id do')
  .option('--json', 'one JSON document a line')
  .option('-f, --follow', 'oldest first, and go on with each new one until Ctrl+C')
  .enablePositionalOptions()
  .action((options: Partial<LogCommandOptions>) => {
    const { config } = options;
    if (config === undefined) return log.error("error: required option '--config <file>' not specified");
    return run(async () => (await import('./commands/log.ts')).listActivities)({ ...options, config });
  });
const STORE = ['--store <file>', 'a store itself, for example a backup, in place of --config'] as const;
log
  .command('verify')
  .description('say whether the record is the one that was written, and where it is not')
  .option(...CONFIG)
  .option(...STORE)
  .option('--key <file>', 'PEM of the public key that must have signed it, as `log key` printed it once')
  .option('--link <record>', 'a record and its hash that it must hold, from the log of serve')
  .addHelpText('after', '\nExit status: 0 whole, 2 not what was written, 1 could not be read.')
  .action(run(async () => (await import('./commands/log-verify.ts')).verifyLog));
log
  .command('match')
  .description('lay an exported sign-in log of Entra beside the record, and name sign-ins that Mortise never issued')
  .argument('<file>', 'JSON or CSV from the Entra admin center or Microsoft Graph')
  .requiredOption(...CONFIG)
  .option('--store <file>', 'a copy of the store, in place of the one that the configuration names')
  .option('--window <minutes>', 'how far the times of sign-in and token may be apart', positive, 10)
  .addHelpText('after', '\nExit status: 0 all issued by Mortise, 2 some never, 1 some cannot be judged.')
  .action(run(async () => (await import('./commands/log-match.ts')).matchLog));
log
  .command('key')
  .description('print the public key that signs the record')
  .option(...CONFIG)
  .option(...STORE)
  .action(run(async () => (await import('./commands/log-verify.ts')).showRecordKeys));

const BACKUP = ['<file>', 'the backup'] as const;
mortise
  .command('backup')
  .description('copy everything that Mortise keeps into one new file; also while `serve` runs')
  .argument(...BACKUP)
  .requiredOption(...CONFIG)
  .action(run(async () => (await import('./commands/backup.ts')).backupCommand));
mortise
  .command('restore')
  .description('put a backup where there is no store yet, after checking it and its keys')
  .argument(...BACKUP)
  .requiredOption(...CONFIG)
  .action(run(async () => (await import('./commands/restore.ts')).restoreCommand));

mortise
  .command('doctor')
  .description('read captures of dsregcmd, Graph or the event log, and say what is wrong and what cures it')
  .argument('[files...]', 'captures as text, UTF-8 or UTF-16; standard input when none, or `-`')
  .option('--config <file>', 'compare with this configuration, and show its record beside the findings')
  .option('--json', 'one JSON document')
  .option('--html [file]', 'one page to hand around, into a file that ends in .html, else to standard output')
  .option('--redact', 'replace names, ids, addresses and certificates')
  .addOption(
    new Option('--at <time>', 'judge ages and certificates at this time: 2026-11-23T08:00 (UTC), or 2h ago').argParser(
      since,
    ),
  )
  .addHelpText(
    'after',
    '\nExit status: 0 in order, 1 warnings, 2 errors found; 64 usage, 66 input, 73 output, 78 configuration.\nOn Windows: dsregcmd /join /debug (as SYSTEM), dsregcmd /status (as the user),\nGet-MgDomainFederationConfiguration -DomainId … | Format-List. See docs/doctor.md.',
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT.usage))
  .action((files: string[], options: DoctorOptions) =>
    run(async () => (await import('./commands/doctor.ts')).doctorCommand)(files, options),
  );

const keys = mortise.command('keys').description('signing keys');
keys
  .command('create')
  .description('make a key and a self-signed certificate')
  .requiredOption(...CONFIG)
  .option('--id <uuid>', 'identifier; when left out, the one that an application’s idpSigning names', uuid)
  .option('--name <name>', 'name, also the certificate’s common name; `Mortise signing` when left out')
  .action(run(async () => (await import('./commands/keys.ts')).createKeyCommand));
keys
  .command('import')
  .description('bring a key and its certificate: PKCS#12 (--pkcs12) or PEM (--certificate, --key)')
  .requiredOption(...CONFIG)
  .option('--id <uuid>', 'identifier; when left out, the one that an application’s idpSigning names', uuid)
  .option('--name <name>', 'name; `Mortise signing` when left out')
  .option('--pkcs12 <file>', 'PKCS#12 file (.pfx, .p12)')
  .option('--certificate <file>', 'PEM certificate')
  .option('--key <file>', 'PEM private key')
  .option('--passphrase-env <name>', 'environment variable that holds the passphrase')
  .action(run(async () => (await import('./commands/keys.ts')).importKeyCommand));
keys
  .command('list')
  .description('list the keys')
  .requiredOption(...CONFIG)
  .action(run(async () => (await import('./commands/keys.ts')).listKeysCommand));
keys
  .command('show')
  .description('show one key’s certificate, as Entra takes it')
  .argument('<key>', 'id or name')
  .requiredOption(...CONFIG)
  .action(run(async () => (await import('./commands/keys.ts')).showKeyCommand));

const PERSON = ['<person>', 'user name, UPN, objectGUID or id of somebody who has signed in before'] as const;
const secondFactor = mortise.command('second-factor').description('people’s second factors; also while `serve` runs');
secondFactor
  .command('show')
  .description('list a person’s second factors')
  .argument(...PERSON)
  .requiredOption(...CONFIG)
  .action(run(async () => (await import('./commands/second-factor.ts')).showSecondFactors));
secondFactor
  .command('code')
  .description('make a one-time code with which a person sets up a second factor from anywhere')
  .argument(...PERSON)
  .requiredOption(...CONFIG)
  .action(run(async () => (await import('./commands/second-factor.ts')).makeEnrolmentCode));
secondFactor
  .command('reset')
  .description('take away a person’s second factors and recovery codes, and end the sessions')
  .argument(...PERSON)
  .requiredOption(...CONFIG)
  .action(run(async () => (await import('./commands/second-factor.ts')).resetSecondFactors));

const entra = mortise.command('entra').description('what Entra must believe about Mortise');
entra
  .command('cmdlets')
  .description('print the PowerShell that connects a domain')
  .requiredOption(...CONFIG)
  .option('--application <id>', 'identifier of the application, when there are several')
  .action(run(async () => (await import('./commands/entra.ts')).printCmdlets));

// `mortise log | head`: nobody reads the rest, and that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
await mortise.parseAsync();
