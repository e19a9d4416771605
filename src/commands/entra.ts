/** `mortise entra cmdlets`: the PowerShell that makes Entra believe what Mortise serves. */
import { cmdletsText } from '../entra/cmdlets.ts';
import { federationSettings } from '../entra/federation-settings.ts';
import type { Application } from '../model/application.ts';
import type { Environment } from '../model/environment.ts';
import { readPublicConfiguration, withStoreReader } from './open.ts';
import type { ConfigOption } from './open.ts';
import { CommandError } from './problem.ts';

export interface CmdletsOptions extends ConfigOption {
  readonly application?: string;
}

export async function printCmdlets(options: CmdletsOptions): Promise<number> {
  const configuration = readPublicConfiguration(options);
  const application = chooseApplication(configuration.environment, options.application);
  const keys = await withStoreReader(configuration, (store) => store.signingKeys.list());
  const key = keys.find((candidate) => candidate.id === application.idpSigning.key.id);
  if (key === undefined) {
    throw new CommandError(
      `The store holds no signing key ${application.idpSigning.key.id}.\nMake one first: mortise keys create --config ${options.config}`,
    );
  }
  const settings = federationSettings({
    publicBaseUrl: configuration.server.publicBaseUrl,
    application,
    signingCertificate: key.certificate,
  });
  console.log(cmdletsText(settings, application.domainName));
  return 0;
}

export function chooseApplication(
  { applications }: Pick<Environment, 'applications'>,
  id: string | undefined,
): Application {
  const candidates =
    id === undefined ? applications : applications.filter((application) => application.id === id.toLowerCase());
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  const known = applications
    .map((application) => `  ${application.id}  ${application.name} (${application.domainName})`)
    .join('\n');
  throw new CommandError(
    `${id === undefined ? 'There are several applications: name one with --application.' : `There is no application ${id}.`}\n${known}`,
  );
}
