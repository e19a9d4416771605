/** `mortise preview`: the assertion that a device or a person would get now, and what Entra would say; nothing is issued. */
import { existsSync, readFileSync } from 'node:fs';
import { pino } from 'pino';
import type { Configuration } from '../config/load.ts';
import type { Directory } from '../directory/directory.ts';
import { openLdapDirectory } from '../directory/ldap.ts';
import type { Gateway } from '../model/gateway.ts';
import { issuingApplications, openGateways } from '../server/issuing.ts';
import { previewAssertion } from '../signin/preview.ts';
import type { Who } from '../signin/preview.ts';
import { NO_USERS, unwrittenUsers } from '../signin/unwritten-users.ts';
import type { StoreReader } from '../store/store.ts';
import { chooseApplication } from './entra.ts';
import { readConfiguration, withStoreReader } from './open.ts';
import type { ConfigOption } from './open.ts';
import { previewText } from './preview-text.ts';
import type { PreviewText } from './preview-text.ts';
import { CommandError } from './problem.ts';

export interface PreviewOptions extends ConfigOption {
  readonly device?: string;
  readonly user?: string;
  readonly application?: string;
}

export async function previewCommand(options: PreviewOptions): Promise<number> {
  const who = whoOf(options);
  const configuration = readConfiguration(options);
  const { ldapCaFile } = configuration.server;
  const ca = ldapCaFile === undefined ? undefined : readFileSync(ldapCaFile, 'utf8');
  const log = pino({ level: 'silent' });
  const open = (gateway: Gateway): Directory => openLdapDirectory(gateway, { ...(ca !== undefined && { ca }), log });
  const given = { who, applicationId: options.application, openDirectory: open, now: new Date() };
  const { lines, sound } = existsSync(configuration.server.store.path)
    ? await withStoreReader(configuration, ({ users }) => preview(configuration, { ...given, users }))
    : await preview(configuration, { ...given, users: NO_USERS });
  console.log(lines.join('\n'));
  return sound ? 0 : 1;
}

function whoOf({ device, user }: PreviewOptions): Who {
  if (device !== undefined && user === undefined) return { device };
  if (user !== undefined && device === undefined) return { person: user };
  throw new CommandError('Name one: `--device NAME`, a computer, or `--user NAME`, a user name as people type it.');
}

export interface PreviewGiven {
  readonly who: Who;
  readonly applicationId: string | undefined;
  readonly users: StoreReader['users'];
  readonly openDirectory: (gateway: Gateway) => Directory;
  readonly now: Date;
}

/** @throws Refusal where a sign-in would be refused before its claims are looked at */
export async function preview(configuration: Configuration, given: PreviewGiven): Promise<PreviewText> {
  const { environment, server } = configuration;
  const application = chooseApplication(environment, given.applicationId);
  const withoutKeys = { ...environment, gateways: environment.gateways.map(withoutKerberos) };
  const opened = openGateways(withoutKeys, server.publicBaseUrl, given.openDirectory);
  try {
    const issuing = issuingApplications(withoutKeys, server.publicBaseUrl, opened).get(application.id);
    if (issuing === undefined) throw new CommandError(`The application ${application.name} is not enabled.`);
    const dependencies = { users: unwrittenUsers(given.users), environment, randomUUID: () => 'new' };
    return previewText(await previewAssertion(given.who, issuing, given.now, dependencies), issuing);
  } finally {
    await Promise.all([...opened.directories.values()].map((directory) => directory.close()));
  }
}

/** No ticket is opened, and the keytab may be readable for the service's own account alone. */
function withoutKerberos(gateway: Gateway): Gateway {
  const { kerberos, ...rest } = gateway;
  void kerberos;
  return rest;
}
