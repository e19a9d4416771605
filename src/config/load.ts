/**
 * Loads the configuration file: the one way from YAML to the model.
 *
 * The file is read setting by setting, expanded and checked as far as it can be read, so that all problems come at
 * once; only a file without problems becomes a configuration. Reads nothing but what the file names. What needs
 * neither secrets nor key files gets along without them (loadPublicConfiguration).
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { environment } from '../model/environment.ts';
import type { Environment } from '../model/environment.ts';
import { gateway } from '../model/gateway.ts';
import type { Gateway } from '../model/gateway.ts';
import { serverSettings } from '../model/server.ts';
import type { ServerSettings } from '../model/server.ts';
import { checkApplication } from './check-applications.ts';
import { checkKeytab, checkLogo, checkServerFiles } from './check-files.ts';
import type { FileContents } from './named-file.ts';
import { checkGateway } from './check-gateways.ts';
import { checkIdentities, checkTemplateAttributes } from './check-identities.ts';
import { checkServer } from './check-server.ts';
import { checkSignIn } from './check-sign-in.ts';
import { expand } from './expand.ts';
import type { EnvironmentForm } from './form.ts';
import { configurationForm, NOT_HERE } from './form.ts';
import { ConfigurationError, createFindings } from './problem.ts';
import type { ConfigWarning, Findings } from './problem.ts';
import { readForm } from './read-form.ts';
import type { Lenient } from './read-form.ts';
import { readYaml } from './read-yaml.ts';

export interface Configuration {
  readonly server: ServerSettings;
  readonly environment: Environment;
  readonly warnings: readonly ConfigWarning[];
}

/** A file, or its text with the folder that relative paths start from. */
export type Source = { readonly path: string } | { readonly text: string; readonly directory: string };

/** What a configuration says without the secrets and key files that it names. */
export interface PublicConfiguration {
  readonly server: Pick<ServerSettings, 'publicBaseUrl' | 'store'>;
  readonly environment: Pick<Environment, 'applications'> & {
    readonly gateways: readonly Pick<Gateway, 'id' | 'userTypes'>[];
  };
}

export interface LoadOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of a file; throws when it cannot be read. The file system by default. */
  readonly readFile?: (path: string) => string;
  /** When given, what the named certificates, keys, keytabs and the logo hold is checked too. */
  readonly contents?: FileContents;
}

/** @throws ConfigurationError with every problem of the file */
export function loadConfiguration(source: Source, options: LoadOptions): Configuration {
  const { name, form, expanded, findings } = readAndCheck(source, options);
  if (findings.problems().length > 0) throw new ConfigurationError(name, findings.problems());
  return {
    server: serverSettings.parse(form?.server),
    environment: environment.parse(expanded),
    warnings: findings.warnings(),
  };
}

/**
 * For commands that an administrator runs in a shell without the server's secrets.
 *
 * @throws ConfigurationError with every problem of the file itself
 */
export function loadPublicConfiguration(source: Source, options: LoadOptions): PublicConfiguration {
  const { name, form, expanded, findings } = readAndCheck(source, options);
  const problems = findings.problems().filter((problem) => !problem.outside);
  if (problems.length > 0) throw new ConfigurationError(name, problems);
  const { publicBaseUrl, store } = form?.server ?? {};
  return {
    server: serverSettings.pick({ publicBaseUrl: true, store: true }).parse({ publicBaseUrl, store }),
    environment: {
      ...environment.pick({ applications: true }).parse({ applications: expanded?.applications }),
      gateways: (expanded?.gateways ?? []).map((each) =>
        gateway.pick({ id: true, userTypes: true }).parse({ id: each?.id, userTypes: each?.userTypes }),
      ),
    },
  };
}

interface Checked {
  readonly name: string;
  readonly form: Lenient<z.output<typeof configurationForm>> | undefined;
  readonly expanded: Lenient<Environment> | undefined;
  readonly findings: Findings;
}

function readAndCheck(source: Source, options: LoadOptions): Checked {
  const readFile = options.readFile ?? ((path: string) => readFileSync(path, 'utf8'));
  const { name, text, directory } = sourceText(source, readFile);
  const yaml = readYaml(text);
  if ('problems' in yaml) {
    throw new ConfigurationError(
      name,
      yaml.problems.map((problem) => ({ path: 'the file', ...problem })),
    );
  }
  const findings = createFindings(yaml.lineOf);
  const surroundings = { env: options.env, readFile, directory };
  const form = readForm(configurationForm, yaml.value, [], { findings, surroundings, elsewhere: NOT_HERE });
  if (form?.server !== undefined) checkServer(form.server, ['server'], findings);
  const expanded = form?.environment === undefined ? undefined : expandAndCheck(form.environment, findings);
  if (options.contents !== undefined) {
    checkServerFiles(form?.server ?? {}, ['server'], options.contents, findings);
    expanded?.gateways?.forEach((gateway, index) =>
      checkKeytab(gateway, ['environment', 'gateways', index], options.contents, findings),
    );
    checkLogo(expanded, ['environment'], options.contents, findings);
  }
  return { name, form, expanded, findings };
}

function sourceText(
  source: Source,
  readFile: (path: string) => string,
): { readonly name: string; readonly text: string; readonly directory: string } {
  if ('text' in source) return { name: 'configuration', text: source.text, directory: resolve(source.directory) };
  const path = resolve(source.path);
  try {
    return { name: source.path, text: readFile(path), directory: dirname(path) };
  } catch (error) {
    const { code, message: text } = error as NodeJS.ErrnoException;
    const message = code === 'ENOENT' ? 'does not exist' : `cannot be read (${text})`;
    throw new ConfigurationError(source.path, [{ path: 'the file', message, fix: 'Check path and permissions' }]);
  }
}

function expandAndCheck(form: Lenient<EnvironmentForm>, findings: Findings): Lenient<Environment> {
  const path = ['environment'];
  const expanded = expand(form, path, findings);
  const checking = { environment: expanded.environment, origins: expanded.origins, findings };
  checkTemplateAttributes(expanded.names, [...path, 'templateAttributes'], findings);
  checkIdentities(expanded.environment, path, findings);
  expanded.environment.gateways?.forEach((gateway, index) => {
    if (gateway !== undefined) checkGateway(gateway, [...path, 'gateways', index], checking);
  });
  expanded.environment.applications?.forEach((application, index) => {
    if (application !== undefined) checkApplication(application, [...path, 'applications', index], checking);
  });
  checkSignIn(expanded.environment, path, findings);
  return expanded.environment;
}
