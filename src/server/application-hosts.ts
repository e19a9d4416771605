/**
 * What a request's host name says: which application AD FS's addresses mean, as their paths name none, and whether the
 * host is one of ours. Does not own: which host names there are (the configuration).
 */
import type { IssuingApplication } from '../signin/issue.ts';

/** By a host name of its own; where there is one application alone, it is meant at every host. */
export function applicationFinder(
  applications: ReadonlyMap<string, IssuingApplication>,
): (hostName: string) => IssuingApplication | undefined {
  const all = [...applications.values()];
  const byHost = new Map(all.flatMap((one) => one.application.hostNames.map((host) => [host, one] as const)));
  const only = all.length === 1 ? all[0] : undefined;
  return (hostName) => byHost.get(hostName.toLowerCase()) ?? only;
}

/** Whether a host name is one that people and devices are sent to: of the public base URL, or of an application. */
export function ownHosts(
  publicBaseUrl: string,
  applications: ReadonlyMap<string, IssuingApplication>,
): (hostName: string) => boolean {
  const named = [...applications.values()].flatMap(({ application }) => application.hostNames);
  const own = new Set([new URL(publicBaseUrl).hostname, ...named]);
  return (hostName) => own.has(hostName.toLowerCase());
}
