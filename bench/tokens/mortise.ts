/** Mortise in a process of its own, for its token endpoints; mortise-server.ts is that process. */
import { startOwn } from '../harness/processes.ts';
import { compiledServer, nodeOptions } from './compiled.ts';
import type { Devices } from './forest.ts';
import { makeSite } from './site.ts';
import type { Site, SiteSettings } from './site.ts';

/** What the process is told. */
export interface MortiseGiven {
  readonly configurationFile: string;
  /** The computers of the embedded directory; the configuration's LDAP servers are asked when undefined. */
  readonly devices: Devices | undefined;
}

export interface Mortise {
  readonly site: Site;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

export interface MortiseSettings extends SiteSettings {
  readonly devices?: Devices;
  /** Works on the store before Mortise opens it. */
  readonly before?: (site: Site) => Promise<void>;
  /** Looks at the store once Mortise has ended. */
  readonly afterwards?: (site: Site) => Promise<void>;
}

export async function startMortise({ devices, before, afterwards, ...settings }: MortiseSettings): Promise<Mortise> {
  const site = await makeSite(settings);
  await before?.(site);
  const given: MortiseGiven = { configurationFile: site.configurationFile, devices };
  const { pid, stop } = await startOwn(compiledServer(), given, { profiled: true, nodeOptions: nodeOptions() });
  const stopAll = async (): Promise<void> => {
    await stop();
    await afterwards?.(site);
    site.remove();
  };
  return { site, pid, stop: stopAll };
}
