import { expect, test } from 'vitest';
import { sharesOf } from '../../bench/harness/profile.ts';

const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9 });

test('self time is summed by function and by place, without the time in which nothing ran', () => {
  const shares = sharesOf({
    nodes: [
      { id: 1, callFrame: frame('(idle)', '') },
      { id: 2, callFrame: frame('parse', 'file:///any/where/.cache/bench/src/xml/parse.js') },
      { id: 3, callFrame: frame('', 'file:///any/where/node_modules/fastify/lib/route.js') },
      { id: 4, callFrame: frame('(garbage collector)', '') },
    ],
    samples: [1, 2, 3, 2, 4],
    timeDeltas: [5_000_000, 300_000, 200_000, 300_000, 200_000],
  });
  expect(shares.busySeconds).toBe(1);
  expect(shares.functions[0]).toEqual({ name: 'parse src/xml/parse.js:10', share: 0.6 });
  expect(shares.functions.map(({ name }) => name)).toContain('(anonymous) fastify/lib/route.js:10');
  expect(shares.places).toEqual([
    { name: 'src/xml', share: 0.6 },
    { name: 'fastify', share: 0.2 },
    { name: '(garbage collector)', share: 0.2 },
  ]);
});
