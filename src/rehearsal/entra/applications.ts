/**
 * The applications that a device's join names: clients and resources, each by all of its identifiers.
 *
 * Does not own: whether one is disabled (tenant.ts: Policy). Identifiers are compared without case, as GUIDs are.
 */

/** Clients that ask for a device's token: the device registration client, and the one that published tools use. */
export const DEVICE_CLIENTS = ['dd762716-544d-4aeb-a526-687b73838a22', '1b730954-1685-4b74-9bfd-dac224a7b894'] as const;

/** Public clients that sign people in: Azure PowerShell, Azure CLI, Microsoft Office, and Windows itself for the primary refresh token. */
export const PERSON_CLIENTS = [
  '1b730954-1685-4b74-9bfd-dac224a7b894',
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  'd3590ed6-52b3-4102-aeff-aad2292ab01c',
  '38aa3b87-a06d-4817-b275-7a316988d93b',
] as const;

/** The name that Windows asks for, in every public-cloud tenant. */
export const DRS_RESOURCE = 'urn:ms-drs:enterpriseregistration.windows.net';
export const DRS_APP_ID = '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9';

export interface Resource {
  readonly name: string;
  readonly identifiers: readonly string[];
  readonly acceptsDeviceOnlyTokens: boolean;
}

const RESOURCES: readonly Resource[] = [
  { name: 'Device Registration Service', identifiers: [DRS_RESOURCE, DRS_APP_ID], acceptsDeviceOnlyTokens: true },
  {
    name: 'Microsoft Graph',
    identifiers: ['https://graph.microsoft.com', '00000003-0000-0000-c000-000000000000'],
    acceptsDeviceOnlyTokens: false,
  },
  {
    name: 'Windows Azure Active Directory',
    identifiers: ['https://graph.windows.net', '00000002-0000-0000-c000-000000000000'],
    acceptsDeviceOnlyTokens: false,
  },
];

export function resourceOf(identifier: string): Resource | undefined {
  return RESOURCES.find((resource) => includesName(resource.identifiers, identifier));
}

export function includesName(names: readonly string[], name: string): boolean {
  return names.some((candidate) => candidate.toLowerCase() === name.toLowerCase());
}
