/** A federation capture as data: what is served, with properties changed; `undefined` leaves one out. */
import type { FederationCapture } from '../../../src/doctor/capture.ts';
import type { DoctorConfiguration } from '../../../src/doctor/given.ts';
import { federationSettings } from '../../../src/entra/federation-settings.ts';
import { createKeyMaterial } from '../../../src/keys/create.ts';
import { load } from '../../config/sample.ts';

export const NOW = new Date('2026-11-24T08:00:00Z');

export const material = await createKeyMaterial({ name: 'signing', now: NOW, modulusBits: 2048 });
export const otherMaterial = await createKeyMaterial({ name: 'other', now: NOW, modulusBits: 2048 });

const { environment, server } = load();
export const [application] = environment.applications;
if (application === undefined) throw new Error('the sample has no application');

export const served = federationSettings({
  publicBaseUrl: server.publicBaseUrl,
  application,
  signingCertificate: material.certificate,
});

export const userTypes = environment.gateways.flatMap((gateway) => gateway.userTypes);
export const configuration: DoctorConfiguration = { applications: [{ application, served, userTypes }] };

export function captureOf(
  changes: Readonly<Record<string, string | undefined>> = {},
  domain: string | undefined = 'corp.example.com',
): FederationCapture {
  const all: Readonly<Record<string, string | undefined>> = {
    ...served,
    Id: '0c9f5c10-77aa-4e0d-9a5e-000000000009',
    IsSignedAuthenticationRequestRequired: '',
    NextSigningCertificate: '',
    PasswordResetUri: '',
    PromptLoginBehavior: '',
    SigningCertificateUpdateStatus: 'Microsoft.Graph.PowerShell.Models.MicrosoftGraphSigningCertificateUpdateStatus',
    AdditionalProperties: '{}',
    ...changes,
  };
  const properties = Object.entries(all).flatMap(([name, value], index) =>
    value === undefined
      ? []
      : [{ name, value, quote: { file: 'graph.txt', line: index + 1, text: `${name} : ${value}` } }],
  );
  return { kind: 'federation', properties, domain, omitted: 0 };
}
