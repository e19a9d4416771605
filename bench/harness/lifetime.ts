/**
 * Lifetime of what a benchmark starts and makes: no process and no folder outlives it, whether it ends, fails or is
 * interrupted. Owns ending them. Does not own starting processes (processes.ts).
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StartedProcess {
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

const STOP_WITHIN_MS = 5_000;

const running = new Set<StartedProcess>();
const folders = new Set<string>();

process.on('exit', () => {
  for (const { pid } of running) signalGroup(pid, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  // Asked first: our own servers remove their folders then.
  process.once(signal, () => void Promise.all([...running].map(({ stop }) => stop())).then(() => process.exit(status)));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended already.
  }
}

export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** @param child started detached, so that it leads a group of its own: its workers end with it */
export function endWithUs(child: ChildProcess, pid: number): StartedProcess {
  const stop = async (): Promise<void> => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (hasEnded(child)) break;
      signalGroup(pid, signal);
      await Promise.race([once(child, 'exit'), sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
    }
    // Workers may outlive their master.
    signalGroup(pid, 'SIGKILL');
    running.delete(self);
  };
  const self: StartedProcess = { pid, stop };
  running.add(self);
  return self;
}

/** A folder below the system's temporary one. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-bench-'));
  folders.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}
