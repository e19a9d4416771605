/**
 * The directories of the gateways, across changes of the configuration: one whose connection stays as it was is kept, with
 * what it has learnt of its domain controllers. Owns when each is closed. Does not own: how one connects (directory/).
 */
import type { Directory } from '../directory/directory.ts';
import type { Gateway } from '../model/gateway.ts';

/** @param ca PEM of `server.ldapCaFile`; the system's CAs when undefined */
export type OpenDirectory = (gateway: Gateway, ca: string | undefined) => Directory;

/** The directories of a configuration that is not in force yet. */
export interface PreparedDirectories {
  readonly open: (gateway: Gateway) => Directory;
  /** Puts them in force; those that are needed no more end once what is under way has. */
  commit(): void;
  /** Closes those that were opened for it alone. */
  abandon(): Promise<void>;
}

export interface DirectoryPool {
  prepare(ca: string | undefined): PreparedDirectories;
  close(): Promise<void>;
}

interface Opened {
  readonly connection: string;
  readonly directory: Directory;
}

/** @param retireMs how long requests that began before a change may still ask a directory of then */
export function openDirectoryPool(openDirectory: OpenDirectory, retireMs: number): DirectoryPool {
  let inForce: ReadonlyMap<string, Opened> = new Map();
  const retiring = new Map<Directory, NodeJS.Timeout>();

  const retire = (directory: Directory): void => {
    const end = (): void => {
      retiring.delete(directory);
      void directory.close();
    };
    retiring.set(directory, setTimeout(end, retireMs).unref());
  };
  return {
    prepare(ca) {
      const next = new Map<string, Opened>();
      const isKept = ({ directory }: Opened): boolean =>
        [...inForce.values()].some((other) => other.directory === directory);
      return {
        open(gateway) {
          const connection = connectionOf(gateway, ca);
          const known = inForce.get(gateway.id);
          const opened =
            known?.connection === connection ? known : { connection, directory: openDirectory(gateway, ca) };
          next.set(gateway.id, opened);
          return opened.directory;
        },
        commit() {
          const kept = new Set([...next.values()].map(({ directory }) => directory));
          for (const { directory } of inForce.values()) if (!kept.has(directory)) retire(directory);
          inForce = next;
        },
        abandon: () =>
          closeAll([...next.values()].filter((opened) => !isKept(opened)).map(({ directory }) => directory)),
      };
    },
    async close() {
      for (const timer of retiring.values()) clearTimeout(timer);
      await closeAll([...[...inForce.values()].map(({ directory }) => directory), ...retiring.keys()]);
    },
  };
}

async function closeAll(directories: readonly Directory[]): Promise<void> {
  await Promise.all(directories.map((directory) => directory.close()));
}

/** All that the connection depends on; compared in memory, and never shown: the bind password is in it. */
function connectionOf(gateway: Gateway, ca: string | undefined): string {
  const { serversHostAndPort, connectionSecurity, validateTlsCertificates, bindDN, bindPassword } = gateway;
  return JSON.stringify([serversHostAndPort, connectionSecurity, validateTlsCertificates, bindDN, bindPassword, ca]);
}
