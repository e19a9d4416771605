/** Holds the shape of the house: floors, no circles, no barrels, no default exports, budgets. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');

/** Top floor first. A file may import from its own folder and from lower floors; folders of one floor may import each other. */
const FLOORS: readonly (readonly string[])[] = [
  ['main'],
  ['commands'],
  ['doctor'],
  ['rehearsal', 'entra'],
  ['server', 'administration'],
  ['wsfed', 'pages'],
  ['wstrust'],
  ['signin'],
  ['config'],
  ['saml', 'mapping', 'gateway', 'kerberos', 'audit', 'xmldsig'],
  ['model', 'directory', 'xml', 'store', 'keys', 'refusal'],
];

/** Files that are one table: as long as their rows are many. */
const TABLES = new Set(['refusal.ts']);

const MAX_LINES = 300;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly path: string; readonly typeOnly: boolean }[];
}

const sources: readonly Source[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(src, path), 'utf8');
    const imports = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'(\.[^']+)'/gms)].map((match) => ({
      path: relative(src, join(src, dirname(path), match[2] ?? '')),
      typeOnly: match[1] !== undefined,
    }));
    return { path, text, imports };
  });

const folderOf = (path: string): string => path.split('/')[0]?.replace(/\.ts$/, '') ?? path;
const floorOf = (path: string): number => FLOORS.findIndex((floor) => floor.includes(folderOf(path)));

describe('the shape of src/', () => {
  test('every folder has its floor', () => {
    expect(sources.map((source) => source.path).filter((path) => floorOf(path) === -1)).toEqual([]);
  });

  test('imports run downwards only', () => {
    const upward = sources.flatMap((source) =>
      source.imports
        // The lower floor may name the types of the values that it stores or carries.
        .filter((imported) => !imported.typeOnly && floorOf(imported.path) < floorOf(source.path))
        .map((imported) => `${source.path} -> ${imported.path}`),
    );
    expect(upward).toEqual([]);
  });

  test('the local Entra imports nothing of Mortise', () => {
    const own = sources
      .filter((source) => source.path.startsWith('rehearsal/entra/'))
      .flatMap((source) =>
        source.imports
          .filter((imported) => !imported.path.startsWith('rehearsal/entra/'))
          .map((imported) => `${source.path} -> ${imported.path}`),
      );
    expect(own).toEqual([]);
  });

  test('the token path’s pure folders know no network, no store, no clock', () => {
    const pure = ['mapping', 'kerberos', 'saml', 'xml', 'xmldsig', 'wstrust', 'pages', 'wsfed'];
    const impure =
      /from 'node:(?:net|tls|http|https|fs|fs\/promises|sqlite|dns)'|\bDate\.now\(\)|new Date\(\)|Math\.random\(\)/;
    expect(
      sources
        .filter((source) => pure.includes(folderOf(source.path)) && impure.test(source.text))
        .map((source) => source.path),
    ).toEqual([]);
  });

  test('no circles between files', () => {
    const edges = new Map(
      sources.map((source) => [
        source.path,
        source.imports.filter((imported) => !imported.typeOnly).map((imported) => imported.path),
      ]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      if (done.has(path) || trail.includes(path)) return;
      for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of edges.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });

  test('no barrels, no default exports', () => {
    const bad = sources.filter(
      (source) => /(^|\/)index\.ts$/.test(source.path) || /^export default|^export \* from/m.test(source.text),
    );
    expect(bad.map((source) => source.path)).toEqual([]);
  });

  test('no file called utils, helpers or manager', () => {
    expect(sources.map((source) => source.path).filter((path) => /util|helper|manager/i.test(path))).toEqual([]);
  });

  test(`no file over ${MAX_LINES} lines, tables excepted`, () => {
    const long = sources.filter((source) => !TABLES.has(source.path) && source.text.split('\n').length > MAX_LINES);
    expect(long.map((source) => `${source.path}: ${source.text.split('\n').length} lines`)).toEqual([]);
  });

  test('every file opens by saying what it owns', () => {
    expect(
      sources.filter((source) => !/^(#!.*\n)?\s*(\/\*\*|\/\/)/.test(source.text)).map((source) => source.path),
    ).toEqual([]);
  });
});
