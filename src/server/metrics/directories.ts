/** The domain controllers in metrics: which answers, what is under way, how often each failed. */
import type { Registry } from 'prom-client';
import type { ControllerState, Directory } from '../../directory/directory.ts';
import { readCounter, readGauge } from './gauges.ts';
import type { Sample } from './gauges.ts';

/** The gateways that are in force, by their names. */
export type ReadGateways = () => readonly { readonly name: string; readonly directory: Directory }[];

const LABELS = ['gateway', 'controller'] as const;

export function directoryMetrics(registry: Registry, gateways: ReadGateways): void {
  const ofEach = (samples: (state: ControllerState) => readonly Sample[]) => (): readonly Sample[] =>
    gateways().flatMap(({ name, directory }) =>
      (directory.controllers?.() ?? []).flatMap((state) =>
        samples(state).map(({ labels, value }) => ({
          labels: { gateway: name, controller: state.server, ...labels },
          value,
        })),
      ),
    );
  readGauge(registry, {
    name: 'mortise_directory_up',
    help: '1 while the domain controller answers, 0 while it is passed over.',
    labels: LABELS,
    read: ofEach(({ up }) => [{ value: up ? 1 : 0 }]),
  });
  readGauge(registry, {
    name: 'mortise_directory_connections',
    help: 'LDAP connections that are open: one for all searches, one for each password under way.',
    labels: LABELS,
    read: ofEach(({ connections }) => [{ value: connections }]),
  });
  readGauge(registry, {
    name: 'mortise_directory_requests',
    help: 'Requests that were sent and have no answer yet (busy), and passwords that wait for a connection (waiting).',
    labels: [...LABELS, 'state'],
    read: ofEach(({ underWay, waiting }) => [
      { labels: { state: 'busy' }, value: underWay },
      { labels: { state: 'waiting' }, value: waiting },
    ]),
  });
  readCounter(registry, {
    name: 'mortise_directory_answers_total',
    help: 'Requests that the domain controller answered.',
    labels: LABELS,
    read: ofEach(({ answered }) => [{ value: answered }]),
  });
  readCounter(registry, {
    name: 'mortise_directory_failures_total',
    help: 'Requests that the domain controller did not answer, or refused, by code (docs/refusals.md).',
    labels: [...LABELS, 'code'],
    read: ofEach(({ failures }) => Object.entries(failures).map(([code, value]) => ({ labels: { code }, value }))),
  });
}
