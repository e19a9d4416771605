/** The sample forest's service connection point: how its computers learn which tenant they belong to. */
import type { Entry } from './entry.ts';
import { guid, sampleEntry } from './sample-entry.ts';
import { SAMPLE_BASE_DN, sampleCategory } from './sample-domain.ts';

const DEVICE_REGISTRATION_DN = `CN=Device Registration Configuration,CN=Services,CN=Configuration,${SAMPLE_BASE_DN}`;

/**
 * The service connection point by which a computer of the forest finds its tenant, with its container.
 * The name of the entry is the same in every forest.
 *
 * @param domain the federated domain, as verified in Entra
 */
export function serviceConnectionPoint(domain: string, tenantId: string): readonly Entry[] {
  const name = '62a0ff2e-97b9-4513-943f-0d221bd30080';
  return [
    sampleEntry(DEVICE_REGISTRATION_DN, {
      objectClass: ['top', 'container'],
      objectCategory: sampleCategory('Container'),
      cn: 'Device Registration Configuration',
      objectGUID: guid('6a2c1f0e-5b8d-4c3a-9e71-2d4f60b8a511'),
    }),
    sampleEntry(`CN=${name},${DEVICE_REGISTRATION_DN}`, {
      objectClass: ['top', 'leaf', 'connectionPoint', 'serviceConnectionPoint'],
      objectCategory: sampleCategory('Service-Connection-Point'),
      cn: name,
      objectGUID: guid('0f3d9a52-71c4-4b6e-8a90-c5e217f4d633'),
      keywords: [`azureADName:${domain}`, `azureADId:${tenantId}`],
    }),
  ];
}

/** Where {@link serviceConnectionPoint} stands. */
export const SERVICE_CONNECTION_POINT_DN = `CN=62a0ff2e-97b9-4513-943f-0d221bd30080,${DEVICE_REGISTRATION_DN}`;
