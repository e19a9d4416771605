import { expect, test } from 'vitest';
import { load, problemsOf, said } from './sample.ts';

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

test.each(['0.0.0.0/0', '::/0'])('metrics for everybody (%s) do not load', (network) => {
  expect(said(problemsOf({ 'server.metrics': { port: 9464, networks: ['192.0.2.0/24', network] } }))).toEqual([
    'server.metrics.networks[1] would show the metrics to everybody',
  ]);
});

test('metrics are off; turned on they are for this machine', () => {
  expect(load().server.metrics).toBeUndefined();
  const networks = ['127.0.0.0/8', '::1/128'];
  expect(load({ 'server.metrics': { port: 9464 } }).server.metrics).toEqual({
    host: '127.0.0.1',
    port: 9464,
    networks,
  });
});
