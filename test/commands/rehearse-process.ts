/** `mortise rehearse` as a process of a test's own, in a temporary folder of its own: what it leaves behind is seen. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** The last thing that it prints when it stays up. */
export const UP = 'PowerShell for Entra';

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Everything printed once `text` is among it; rejects when the process ends without. */
  printed(text: string): Promise<string>;
}

/** The temporary folder of the processes started here: what they leave behind is seen. */
let folder: string;
const started = new Set<Running>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-rehearse-test-'));
});
afterEach(async () => {
  for (const running of started) running.process.kill('SIGKILL');
  await Promise.all([...started].map((running) => running.ended));
  started.clear();
  rmSync(folder, { recursive: true });
});

export function mortise(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  const running: Running = {
    process: child,
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text)) resolve(stdout);
        };
        look();
        child.stdout.on('data', look);
        void ended.then(() => reject(new Error(`it ended without printing “${text}”: ${stdout}${stderr}`)));
      }),
  };
  started.add(running);
  return running;
}

export const rehearse = (...args: readonly string[]): Running => mortise('rehearse', ...args);
export const left = (): readonly string[] => readdirSync(folder);
