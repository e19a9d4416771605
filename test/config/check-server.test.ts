import { expect, test } from 'vitest';
import { load, said } from './sample.ts';

test.each([
  ['windowsTransportNetworks', '0.0.0.0/0', 'lets the whole Internet try Kerberos'],
  ['windowsTransportNetworks', '0.0.0.0/00', 'lets the whole Internet try Kerberos'],
  ['windowsTransportNetworks', '::/0', 'lets the whole Internet try Kerberos'],
  ['trustedProxies', '0.0.0.0/0', 'lets every caller choose its own source address'],
])('%s %s loads with a warning', (key, network, message) => {
  const { server, warnings } = load({ [`server.${key}`]: ['192.0.2.0/24', network] });
  expect(server).toMatchObject({ [key]: ['192.0.2.0/24', network] });
  expect(said(warnings)).toEqual([`server.${key}[1] ${message}`]);
});
