import { expect, test } from 'vitest';
import { ADFS_PATHS } from '../../src/model/urls.ts';
import { inAdfsCase } from '../../src/server/adfs-case.ts';

test('AD FS’s addresses in any case, with whatever follows, become the ones of the routes', () => {
  for (const path of Object.values(ADFS_PATHS)) {
    for (const written of [path, path.toLowerCase(), path.toUpperCase()]) {
      expect(inAdfsCase(written)).toBe(path);
      expect(inAdfsCase(`${written}?wctx=ABC?d`)).toBe(`${path}?wctx=ABC?d`);
    }
  }
  expect(inAdfsCase('/ADFS/LS/?Wa=X')).toBe('/adfs/ls/?Wa=X');
});

test.each(['/', '*', '', '/WSF/mex/x', '/adfs/lsx', '/adfs/services/trust/MEX/', '/Adfs', '/x?/adfs/LS', '/__proto__'])(
  '%j is left as it came',
  (url) => {
    expect(inAdfsCase(url)).toBe(url);
  },
);
