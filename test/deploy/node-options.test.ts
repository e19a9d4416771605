/** However Mortise is started, Node runs with the same options: what was measured is what is deployed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const options = (JSON.parse(text('bin/node-options.json')) as readonly string[]).join(' ');

test.each([
  ['deploy/mortise.service', `/bin/node ${options} /opt/mortise/dist/main.js serve`],
  ['deploy/Dockerfile', `exec /opt/mortise/node ${options} /opt/mortise/dist/main.js`],
])('%s', (file, command) => {
  expect(text(file)).toContain(command);
});
