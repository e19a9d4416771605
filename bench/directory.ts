/**
 * What asking a real Active Directory costs: windowstransport and usernamemixed with every look-up, and every password,
 * going to Samba over LDAPS, beside the same with the embedded directory. Samba's own CPU time does not count.
 *
 *   node bench/directory.ts [rounds] [--short]
 */
import { COMPUTERS, PEOPLE, PERSON_PASSWORD } from '../lab/accounts.ts';
import { labMissing, startLab } from '../lab/samba.ts';
import type { Lab } from '../lab/samba.ts';
import { SAMPLE_DOMAIN, SAMPLE_PEOPLE, SAMPLE_PERSON_PASSWORD } from '../src/directory/sample-domain.ts';
import type { Contestant, Load } from './harness/contestant.ts';
import { cpuTimeMissing } from './harness/cpu-time.ts';
import { readOptions } from './harness/options.ts';
import { summaryOf, table } from './harness/report.ts';
import type { Summary } from './harness/report.ts';
import { compare } from './harness/rounds.ts';
import { publish, verdict } from './harness/rows.ts';
import { tokenContestant } from './tokens/contestant.ts';
import { nthDevice } from './tokens/forest.ts';
import { startMortise } from './tokens/mortise.ts';
import type { MortiseSettings } from './tokens/mortise.ts';
import { passwordRequests, ticketRequests } from './tokens/requests.ts';
import type { TypedPassword } from './tokens/requests.ts';
import { shareOfStep } from './tokens/step-share.ts';

const DEVICES = { count: 1_000 };
const AIM = 0.45;
const CONNECTIONS = 16;

const { short, rounds } = readOptions(process.argv.slice(2));
const load: Load = {
  rounds: rounds ?? (short ? 2 : 11),
  roundMs: short ? 1_000 : 1_500,
  warmUpMs: short ? 1_000 : 4_000,
  maxOperations: short ? 2_500 : 6_000,
  callers: CONNECTIONS,
};

/** By the contestant's name: the share of a request's time that checking the password takes. */
const timeOfPassword = new Map<string, number>();

function byTicket(name: string, settings: MortiseSettings, nameOf: (nth: number) => string): Contestant {
  const requests = (site: Parameters<typeof ticketRequests>[0]) => ticketRequests(site, nameOf);
  return tokenContestant({ name, connections: CONNECTIONS, start: () => startMortise(settings), requests });
}

function byPassword(name: string, settings: MortiseSettings, typed: TypedPassword): Contestant {
  const afterwards: MortiseSettings['afterwards'] = async (site) => {
    timeOfPassword.set(name, await shareOfStep(site, 'password'));
  };
  const start = () => startMortise({ ...settings, afterwards });
  return tokenContestant({ name, connections: CONNECTIONS, start, requests: (site) => passwordRequests(site, typed) });
}

const NAMES = {
  ticketEmbedded: 'windowstransport, embedded',
  ticketLdaps: 'windowstransport, Samba over LDAPS',
  passwordEmbedded: 'usernamemixed, embedded',
  passwordLdaps: 'usernamemixed, Samba over LDAPS',
} as const;

function contestants(lab: Lab | undefined): readonly Contestant[] {
  const username = `${SAMPLE_PEOPLE.usual}@${SAMPLE_DOMAIN}`;
  const embedded = [
    byTicket(NAMES.ticketEmbedded, { devices: DEVICES }, (nth) => nthDevice(DEVICES, nth)),
    byPassword(NAMES.passwordEmbedded, { devices: { count: 0 } }, { username, password: SAMPLE_PERSON_PASSWORD }),
  ];
  if (lab === undefined) return embedded;
  return [
    ...embedded,
    byTicket(NAMES.ticketLdaps, { lab }, () => `${COMPUTERS.consistent}$`),
    byPassword(NAMES.passwordLdaps, { lab }, { username: PEOPLE.nora.upn, password: PERSON_PASSWORD }),
  ];
}

/**
 * What LDAPS adds to a password, without what it adds to a ticket (whose look-up is the same): the bind's part of the CPU
 * time of a token.
 */
function bindShare(of: ReadonlyMap<string, Summary>): number {
  const cost = (name: string): number => 1 / (of.get(name)?.perCpuSecond ?? Number.NaN);
  const password = cost(NAMES.passwordLdaps) - cost(NAMES.passwordEmbedded);
  return (password - (cost(NAMES.ticketLdaps) - cost(NAMES.ticketEmbedded))) / cost(NAMES.passwordLdaps);
}

function publishAll(of: ReadonlyMap<string, Summary>): void {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const rows = [NAMES.ticketLdaps, NAMES.passwordEmbedded, NAMES.passwordLdaps].flatMap((name) => {
    const summary = of.get(name);
    if (summary === undefined) return [];
    const time = timeOfPassword.get(name);
    const parts = [
      `${summary.ofLimit.toFixed(3)} of the RSA limit`,
      `p50 ${summary.p50.toFixed(1)} ms, p99 ${summary.p99.toFixed(1)} ms`,
      ...(time === undefined ? [] : [`checking the password is ${percent(time)} of the time`]),
      ...(name === NAMES.passwordLdaps ? [`its bind ${percent(bindShare(of))} of the CPU time`] : []),
    ];
    const aim = name === NAMES.ticketLdaps ? verdict(summary.ofLimit, 'at least', AIM) : {};
    return [{ what: `${name}, ${CONNECTIONS} connections`, result: parts.join('; '), ...aim }];
  });
  for (const { what, result } of rows) console.log(`${what}: ${result}`);
  publish('directory', rows);
}

const unmeasurable = cpuTimeMissing();
if (unmeasurable === undefined) {
  const noLab = labMissing();
  if (noLab !== undefined) console.warn(`!!! Samba is left out: ${noLab}`);
  const lab = noLab === undefined ? await startLab() : undefined;
  try {
    const results = await compare(contestants(lab), load);
    console.log(`${load.rounds} interleaved rounds, ${CONNECTIONS} connections\n`);
    console.log(`${table(results)}\n`);
    const measured = results.flatMap((result) => ('rounds' in result ? [result] : []));
    publishAll(new Map(measured.map(({ name, rounds: all }) => [name, summaryOf(all)])));
    if (results.some((result) => 'failure' in result)) process.exitCode = 1;
  } finally {
    await lab?.stop();
  }
} else {
  console.warn(`!!! Left out: ${unmeasurable}`);
}
