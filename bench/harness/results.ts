/** The table of docs/performance.md, from what the benchmarks published. Pure, but for the machine that it describes. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { PublishedRow } from './rows.ts';

export const BEGIN = '<!-- results: npm run bench -- --write -->';
export const END = '<!-- end of results -->';

export function resultsTable(rows: readonly PublishedRow[], machine: string): string {
  const lines = rows.map(
    ({ bench, what, result, aim, met }) =>
      `| ${what} | ${result} | ${aim === undefined ? '' : `${aim}${met === false ? ': **missed**' : ''}`} | \`npm run bench -- ${bench}\` |`,
  );
  return [machine, '', '| what | figure | aim | command |', '|---|---|---|---|', ...lines].join('\n');
}

/** @throws Error when the document has no place for results */
export function withResults(document: string, table: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`there is no ${BEGIN} … ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`;
}

/** By its kind only. */
export function machineKind(): string {
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const virtual = / hypervisor\b/.test(read('/proc/cpuinfo')) ? 'virtual ' : '';
  const architecture = process.arch === 'x64' ? 'x86-64' : process.arch;
  const [major = ''] = process.versions.node.split('.');
  const system = /^PRETTY_NAME="?(?<name>[^"\n]*)/m.exec(read('/etc/os-release'))?.groups?.['name'] ?? process.platform;
  return `${availableParallelism()} ${virtual}${architecture} cores, Node ${major}, ${system.replace(/ GNU\/Linux/, '').replace(/ \(.*\)$/, '')}.`;
}
