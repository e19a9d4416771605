/** The command line: parse arguments, dispatch, exit status. Each command is a function in commands/. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { checkConfiguration } from './commands/check.ts';
import { printCmdlets } from './commands/entra.ts';
import { createKeyCommand, importKeyCommand, listKeysCommand, showKeyCommand } from './commands/keys.ts';
import { listActivities } from './commands/log.ts';
import { explain } from './commands/problem.ts';
import { rehearseCommand } from './commands/rehearse.ts';
import { serve } from './commands/serve.ts';

const CONFIG = ['--config <file>', 'configuration file'] as const;

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('a number of 1 or more is needed.');
  return number;
}

function date(text: string): Date {
  const parsed = new Date(text);
  if (Number.isNaN(parsed.getTime()))
    throw new InvalidArgumentError('a date is needed, for example 2026-11-23 or 2026-11-23T08:00:00Z.');
  return parsed;
}

/** Runs a command; problems of the administrator's are explained in a few lines, defects keep their stack. */
const run =
  <Arguments extends readonly unknown[]>(command: (...args: Arguments) => Promise<number>) =>
  async (...args: Arguments): Promise<void> => {
    try {
      process.exitCode = await command(...args);
    } catch (error) {
      process.stderr.write(`${explain(error)}\n`);
      process.exitCode = 1;
    }
  };

const mortise = new Command('mortise')
  .description('A self-hosted federated identity provider for Microsoft Entra hybrid join')
  .version('0.1.0')
  .showHelpAfterError('(mortise --help lists the commands)');

mortise
  .command('serve')
  .description('answer devices: the production entry')
  .requiredOption(...CONFIG)
  .action(run(serve));

mortise
  .command('check')
  .description('read the configuration and report every problem')
  .requiredOption(...CONFIG)
  .action(run(checkConfiguration));

mortise
  .command('rehearse')
  .description('join a sample device against a strict local Entra, and show what Windows would print')
  .option('--once', 'end after the join: exit status 0 when the device is joined by federation, 1 otherwise')
  .option('--mishap <name>', 'provoke a failure; `list` prints the names')
  .option(
    '--fallback [device]',
    'let the device fall back to a synchronised join: `synchronised` (default) or `not-synchronised`',
  )
  .addOption(new Option('--port <port>', 'port of Mortise; the local Entra takes the next one').argParser(positive))
  .action(run(rehearseCommand));

mortise
  .command('log')
  .description('list what was issued and what was refused')
  .requiredOption(...CONFIG)
  .option('--device <text>', 'name, principal, GUID or dn')
  .addOption(new Option('--outcome <outcome>', 'only these').choices(['issued', 'refused']))
  .option('--refusal <code>', 'only refusals with this code')
  .option('--since <date>', 'only from this time on', date)
  .option('--limit <n>', 'at most this many', positive, 50)
  .option('--id <id>', 'one record in full')
  .option('--json', 'one JSON document a line')
  .action(run(listActivities));

const keys = mortise.command('keys').description('signing keys');
keys
  .command('create')
  .description('make a key and a self-signed certificate')
  .requiredOption(...CONFIG)
  .option('--id <uuid>', 'identifier; that of an application’s idpSigning when left out')
  .option('--name <name>', 'name, also the certificate’s common name', 'Mortise signing')
  .action(run(createKeyCommand));
keys
  .command('import')
  .description('bring a key and its certificate: PKCS#12 (--pkcs12) or PEM (--certificate, --key)')
  .requiredOption(...CONFIG)
  .option('--id <uuid>', 'identifier; that of an application’s idpSigning when left out')
  .option('--name <name>', 'name', 'Mortise signing')
  .option('--pkcs12 <file>', 'PKCS#12 file (.pfx, .p12)')
  .option('--certificate <file>', 'PEM certificate')
  .option('--key <file>', 'PEM private key')
  .option('--passphrase-env <name>', 'environment variable that holds the passphrase')
  .action(run(importKeyCommand));
keys
  .command('list')
  .description('list the keys')
  .requiredOption(...CONFIG)
  .action(run(listKeysCommand));
keys
  .command('show')
  .description('show one key’s certificate, as Entra takes it')
  .argument('<id>')
  .requiredOption(...CONFIG)
  .action(run(showKeyCommand));

const entra = mortise.command('entra').description('what Entra must believe about Mortise');
entra
  .command('cmdlets')
  .description('print the PowerShell that connects a domain')
  .requiredOption(...CONFIG)
  .option('--application <id>', 'identifier of the application, when there are several')
  .action(run(printCmdlets));

await mortise.parseAsync();
