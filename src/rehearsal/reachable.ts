/** What answers while the rehearsal stays up, and how to try it by hand. */
import { SAMPLE_PERSON_PASSWORD } from '../directory/sample-domain.ts';
import type { Write } from './rehearse.ts';
import type { World } from './world.ts';

interface Reachable {
  readonly what: string;
  readonly url: string;
}

function forPrograms({ configuration, entra, urls }: World): readonly Reachable[] {
  const domain = configuration.environment.applications[0]?.domainName ?? '';
  return [
    { what: 'MEX, WS-Trust 1.3 and 2005', url: urls.metadataExchange13Uri },
    { what: 'MEX, WS-Trust 2005', url: urls.metadataExchangeUri },
    { what: 'WS-Trust 1.3, Kerberos', url: urls.windowsTransport13 },
    { what: 'WS-Trust 2005, Kerberos', url: urls.windowsTransport2005 },
    { what: 'Health', url: `${configuration.server.publicBaseUrl}/health` },
    { what: 'Local Entra: realm', url: `${entra.urls.login}/common/UserRealm/user@${domain}?api-version=1.0` },
    { what: 'Local Entra: discovery', url: `${entra.urls.drs}/${domain}/Discover?api-version=1.7` },
  ];
}

/** To be opened by a person, whom nobody has set up a second factor for yet. */
function forPeople({ entra, urls, person }: World): readonly Reachable[] {
  const hint = `username=${encodeURIComponent(person.userPrincipalName)}`;
  return [
    { what: 'Sign in to the local Entra', url: `${entra.urls.login}/?${hint}` },
    { what: '… with a second factor', url: `${entra.urls.login}/?${hint}&mfa=1` },
    { what: '… with choices', url: `${entra.urls.login}/` },
    { what: 'Account page', url: urls.accountUri },
  ];
}

export function printReachable(world: World, write: Write): void {
  const { configurationFile, caFile, person, urls } = world;
  const row = (what: string, where: string): void => write(`  ${what.padEnd(28)}${where}`);
  write('');
  write('Still running; Ctrl+C ends it and removes its files. In a browser of your own (go on past its warning of the');
  write(`throw-away certificate), sign in as ${person.userPrincipalName} with the password ${SAMPLE_PERSON_PASSWORD}:`);
  write('');
  for (const { what, url } of forPeople(world)) row(what, url);
  write('');
  write('Reachable from this machine:');
  write('');
  for (const { what, url } of forPrograms(world)) row(what, url);
  write('');
  row('TLS authority (throw-away)', caFile);
  row('Configuration', configurationFile);
  write('');
  row('Look at the MEX document', `curl --cacert ${caFile} ${urls.metadataExchange13Uri}`);
  row('Read the record', `node bin/mortise.js log --config ${configurationFile}`);
  row('PowerShell for Entra', `node bin/mortise.js entra cmdlets --config ${configurationFile}`);
}
