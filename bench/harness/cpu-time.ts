/**
 * CPU time of processes and all their descendants, from Linux's /proc: what a server costs, whatever else the machine does.
 *
 * Counts what a process used itself, and what children used that have ended and been waited for (proc(5), fields utime,
 * stime, cutime, cstime): a worker that is replaced between two readings stays counted.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly ticks: number;
}

/** Why CPU time cannot be read here; undefined when it can. */
export function cpuTimeMissing(): string | undefined {
  return existsSync('/proc/self/stat') ? undefined : 'CPU time of processes is read from /proc: this needs Linux';
}

/** Of one line of /proc/<pid>/stat. The name of the program, in brackets, may itself hold spaces and brackets. */
export function readStat(line: string): ProcessTimes {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [, parent = ''] = fields;
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { parent: Number(parent), ticks };
}

function allProcesses(): ReadonlyMap<number, ProcessTimes> {
  const processes = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      processes.set(Number(name), readStat(readFileSync(`/proc/${name}/stat`, 'latin1')));
    } catch {
      // It ended while the folder was read.
    }
  }
  return processes;
}

/** @throws Error when one of `pids` has ended: its time would be missing */
export function cpuSeconds(pids: readonly number[]): number {
  const processes = allProcesses();
  const counted = new Set(pids);
  for (const pid of pids) if (!processes.has(pid)) throw new Error(`process ${pid} has ended`);
  // Set iteration meets what is added on the way, so descendants of descendants are found.
  for (const pid of counted) for (const [child, { parent }] of processes) if (parent === pid) counted.add(child);
  return [...counted].reduce((sum, pid) => sum + (processes.get(pid)?.ticks ?? 0), 0) / TICKS_PER_SECOND;
}
