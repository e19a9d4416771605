/**
 * What a joined device asks Entra with its own certificate in TLS: whether it is still accepted (DeviceAuthStatus of
 * `dsregcmd /status`), and to be forgotten (`dsregcmd /leave`). No log of a leave is known: its lines are reconstructed.
 */
import type { Device } from './device.ts';
import { jsonObject, textOf } from './http-client.ts';
import type { HttpResponse } from './http-client.ts';
import { deviceIdOf } from './status-block.ts';
import type { JoinedDevice } from './status-block.ts';
import type { Transcript } from './transcript.ts';

export async function isAccepted(device: Device, { registered }: JoinedDevice): Promise<boolean> {
  const { status } = await asDevice(device, registered, 'GET', `${device.deviceLogin}/`);
  return status === 200;
}

export interface Leaving {
  readonly requestId: string;
  /** Why the registration service did not forget the device; Windows clears its own state all the same. */
  readonly refused: string | undefined;
}

/** Prints what the device does; it is not joined afterwards, whatever Entra says. */
export async function leaveDevice(device: Device, joined: JoinedDevice, transcript: Transcript): Promise<Leaving> {
  const requestId = device.randomUUID();
  transcript.line(`DsrCmdLeaveHelper::Leave: ClientRequestId: ${requestId}`);
  const url = `${device.deviceDrs}/EnrollmentServer/device/${deviceIdOf(joined.registered)}?api-version=1.0`;
  const response = await asDevice(device, joined.registered, 'DELETE', url, requestId);
  transcript.line(`Leave request ID: ${requestId}`);
  transcript.line(`Leave HTTP status: ${response.status}`);
  transcript.line('DsrCmdLeaveHelper::Leave: completed successfully');
  for (const line of ['DSREGCMD_END_STATUS', '             AzureAdJoined : NO', '          EnterpriseJoined : NO'])
    transcript.line(line);
  const said = textOf(jsonObject(response.body)?.['Message']) ?? '';
  return { requestId, refused: response.status === 200 ? undefined : said };
}

async function asDevice(
  device: Device,
  registered: JoinedDevice['registered'],
  method: 'GET' | 'DELETE',
  url: string,
  requestId = device.randomUUID(),
): Promise<HttpResponse> {
  const client = device.clientWith({
    cert: registered.certificate.toString(),
    key: registered.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
  try {
    return await client.send({ method, url, headers: { 'client-request-id': requestId } });
  } finally {
    client.close();
  }
}
