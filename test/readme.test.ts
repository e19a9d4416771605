/** The README shows real output, names files that are there and commands that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MISHAPS } from '../src/rehearsal/mishaps.ts';
import { normalise } from './rehearsal/normalise.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const documents = [
  'README.md',
  'SECURITY.md',
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(new URL(`../${folder}/`, import.meta.url))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** Lines without what differs from run to run. */
const withoutIds = (text: string): string => normalise(text).replaceAll(/<guid \d+>/g, '<guid>');

describe('README', () => {
  test('the transcript is one that a real dsregcmd prints, with parts left out', () => {
    const shown = /PS C:\\Windows[\s\S]*?TpmProtected : NO/.exec(readme)?.[0] ?? '';
    const real = withoutIds(read('test/vectors/rehearsal/join-succeeded.txt')).split('\n');
    const unreal = withoutIds(shown)
      .split('\n')
      .filter((line) => line !== '…' && !real.includes(line));
    expect(shown.split('\n').length).toBeGreaterThan(30);
    expect(unreal).toEqual([]);
  });

  test('the mishaps that it names exist', () => {
    const named = [...readme.matchAll(/--mishap ([a-z][a-z0-9-]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => name !== 'list');
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !Object.hasOwn(MISHAPS, name))).toEqual([]);
  });

  test('the folders of its map exist', () => {
    const folders = [...readme.matchAll(/`((?:src|lab|docs)\/[\w./-]*)`/g)].map((match) => match[1] ?? '');
    expect(folders.length).toBeGreaterThan(15);
    expect(folders.filter((folder) => !existsSync(join(root, folder)))).toEqual([]);
  });

  test('the commands that it names are offered', () => {
    const offered = read('src/main.ts');
    const named = [...readme.matchAll(/mortise\.js (\w+)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !offered.includes(`command('${name}')`))).toEqual([]);
  });
});

describe('documents', () => {
  test.each(documents)('%s: its links lead to files', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([]);
  });

  test('docs/flow.md names files that are there', () => {
    const files = [...read('docs/flow.md').matchAll(/`([\w-]+\/[\w./-]+)`/g)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThan(15);
    expect(files.filter((file) => !existsSync(join(root, 'src', file)))).toEqual([]);
  });
});
