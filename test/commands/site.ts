/**
 * A site of one administrator: a folder with a configuration, TLS files and secrets, and the command line run in it as a
 * process of its own. Nothing is left running and nothing is left behind.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createKeyMaterial } from '../../src/keys/create.ts';
import type { KeyMaterial } from '../../src/keys/material.ts';
import { protectPrivateKey } from '../../src/keys/protection.ts';
import { makeThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import type { ThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { ENV, IDS, MASTER_KEY, sampleText } from '../config/sample.ts';
import type { Changes } from '../config/sample.ts';

export const HOST = 'login.example.com';
const ROOT = join(import.meta.dirname, '../..');
/** Halves the time to start. */
const COMPILED = { NODE_COMPILE_CACHE: join(ROOT, '.cache', 'compiled') };

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** The next line of stderr that holds `text`, those already there included; rejects when the process ends without. */
  logged(text: string): Promise<string>;
}

export interface Site {
  readonly folder: string;
  readonly tls: ThrowAwayTls;
  write(name: string, content: string | Uint8Array): void;
  /** The configuration, `mortise.yaml` unless named, with settings changed. */
  configure(changes?: Changes, name?: string): void;
  /** Puts the signing key that the configuration names into the store. */
  putSigningKey(id?: string): Promise<KeyMaterial>;
  /** Runs `mortise …` with the secrets in the environment. */
  run(...args: readonly string[]): Promise<Ended>;
  runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended>;
  start(...args: readonly string[]): Running;
  close(): Promise<void>;
}

export async function openSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-site-'));
  const tls = await makeThrowAwayTls([HOST], new Date());
  const running = new Set<Running>();
  const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
  write('tls.pem', tls.certificate);
  write('tls.key', tls.privateKey);

  const start = (env: Readonly<Record<string, string>>, args: readonly string[]): Running => {
    const process = runProcess(folder, env, args);
    running.add(process);
    void process.ended.then(() => running.delete(process));
    return process;
  };
  const site: Site = {
    folder,
    tls,
    write,
    // Port 1 answers nobody: a directory that is down.
    configure: (changes = {}, name = 'mortise.yaml') =>
      write(
        name,
        sampleText({
          'server.listen': { host: '127.0.0.1', port: 0 },
          'gateway.serversHostAndPort': ['127.0.0.1:1'],
          ...changes,
        }),
      ),
    putSigningKey: (id = IDS.key) => putSigningKey(join(folder, 'mortise.sqlite'), id),
    run: (...args) => start(ENV, args).ended,
    runWith: (env, ...args) => start(env, args).ended,
    start: (...args) => start(ENV, args),
    close: async () => {
      for (const { process } of running) process.kill('SIGKILL');
      await Promise.all([...running].map(({ ended }) => ended));
      rmSync(folder, { recursive: true });
    },
  };
  site.configure();
  return site;
}

/** The environment of a shell with nothing but what is given. */
function runProcess(cwd: string, env: Readonly<Record<string, string>>, args: readonly string[]): Running {
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), ...args], {
    cwd,
    env: { ...COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
  const logged = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const line = stderr.split('\n').find((candidate) => candidate.includes(text));
        if (line !== undefined) resolve(line);
      };
      look();
      child.stderr.on('data', look);
      void ended.then(() => reject(new Error(`it ended without “${text}”: ${stdout}${stderr}`)));
    });
  return { process: child, ended, logged };
}

async function putSigningKey(path: string, id: string): Promise<KeyMaterial> {
  const now = new Date();
  const material = await createKeyMaterial({ name: `key ${id}`, now, modulusBits: 2048 });
  const protectedPrivateKey = await protectPrivateKey(material.privateKey, id, MASTER_KEY, randomBytes);
  const store = await openSqliteStore(path);
  const { certificate } = material;
  await store.signingKeys.put({ id, name: `key ${id}`, certificate, protectedPrivateKey, createdAt: now });
  await store.close();
  return material;
}

/** What must never be printed. */
export const SECRETS: readonly string[] = Object.values(ENV);
