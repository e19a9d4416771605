/**
 * How the settings of sign-in in the browser must fit together, with each other and with the applications'.
 *
 * Works on what could be read; says nothing about a setting that is already reported. Does not own: what the logo's file
 * holds (check-files.ts).
 */
import type { Application } from '../model/application.ts';
import type { Environment } from '../model/environment.ts';
import { isWholeInternet } from '../model/kinds.ts';
import type { SignInSettings } from '../model/sign-in.ts';
import type { Findings, Path } from './problem.ts';
import type { Lenient } from './read-form.ts';

export function checkSignIn(environment: Lenient<Environment>, path: Path, findings: Findings): void {
  const { signIn } = environment;
  if (signIn !== undefined) {
    checkNetworks(signIn, [...path, 'signIn'], findings);
    checkDuration(signIn, [...path, 'signIn'], findings);
  }
  environment.applications?.forEach((application, index) => {
    if (application !== undefined) checkSecondFactor(application, signIn, [...path, 'applications', index], findings);
  });
  checkHostNames(environment.applications ?? [], [...path, 'applications'], findings);
}

function checkNetworks({ corporateNetworks, silent }: Lenient<SignInSettings>, path: Path, findings: Findings): void {
  corporateNetworks?.forEach((network, index) => {
    if (network === undefined || !isWholeInternet(network)) return;
    findings.warning(
      [...path, 'corporateNetworks', index],
      'counts the whole Internet as the company’s own: nobody is asked for a second factor for being outside, and a password alone sets up the first one',
      'Name the networks of the company',
    );
  });
  if (silent?.enabled === false) return;
  silent?.networks?.forEach((network, index) => {
    if (network === undefined || !isWholeInternet(network)) return;
    findings.warning(
      [...path, 'silent', 'networks', index],
      'asks browsers on the whole Internet for Kerberos: where they have no ticket, some show a window for a password',
      'Name the networks of the company',
    );
  });
}

function checkDuration(
  { sessionMinutes, staySignedInMinutes: stay }: Lenient<SignInSettings>,
  path: Path,
  findings: Findings,
): void {
  if (sessionMinutes === undefined || stay === undefined || stay === 0 || stay >= sessionMinutes) return;
  findings.warning(
    [...path, 'staySignedInMinutes'],
    `is ${stay}, less than \`sessionMinutes\` (${sessionMinutes}): who chooses to stay signed in is signed out sooner`,
    'Give more than `sessionMinutes`, or 0 to offer no such choice',
  );
}

function checkSecondFactor(
  { secondFactor }: Lenient<Application>,
  signIn: Lenient<SignInSettings> | undefined,
  path: Path,
  findings: Findings,
): void {
  if (secondFactor?.policy !== 'outsideCorporateNetworks' || signIn?.corporateNetworks?.length !== 0) return;
  findings.warning(
    [...path, 'secondFactor', 'policy'],
    'is outsideCorporateNetworks, and there are none: everybody is asked for a second factor, everywhere',
    'Name the company’s networks in `environment.signIn.corporateNetworks`, or write `always` if that is meant',
  );
}

/** The host name alone says which application AD FS's addresses mean. */
function checkHostNames(
  applications: readonly (Lenient<Application> | undefined)[],
  path: Path,
  findings: Findings,
): void {
  const owners = new Map<string, number>();
  applications.forEach((application, index) => {
    application?.hostNames?.forEach((host, place) => {
      const folded = host?.toLowerCase() ?? '';
      const owner = owners.get(folded);
      if (owner !== undefined) {
        const where = owner === index ? 'again' : 'as in another application above';
        const fix = owner === index ? 'Keep one' : 'Keep it in the application that it leads to';
        findings.problem([...path, index, 'hostNames', place], `is ${host}, ${where}`, fix);
      } else if (host !== undefined) owners.set(folded, index);
    });
  });
  const several = applications.filter((application) => application?.enabled === true).length > 1;
  applications.forEach((application, index) => {
    if (!several || application?.enabled !== true || application.hostNames?.length !== 0) return;
    findings.warning(
      [...path, index, 'hostNames'],
      'is empty beside other applications: AD FS’s addresses (`/adfs/…`, FederationMetadata.xml) are not answered for this one',
      'Name a host for each application, if something calls them',
    );
  });
}
