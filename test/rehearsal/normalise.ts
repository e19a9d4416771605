/** Replaces what differs from run to run in a transcript, so that it can be compared with a real one. */
export function normalise(transcript: string): string {
  return transcript
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<guid>')
    .replaceAll(/https:\/\/login\.localhost:\d+/g, 'https://<login>')
    .replaceAll(/https:\/\/enterpriseregistration\.localhost:\d+/g, 'https://<drs>')
    .replaceAll(/urn:ms-drs:enterpriseregistration\.[a-z.]+/g, 'urn:ms-drs:<drs>')
    .replaceAll('corp.example.test', '<domain>')
    .replaceAll(/domainController:\\\\\S+/g, 'domainController:<dc>')
    .replaceAll(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT/g, '<time>')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.000 UTC|Z)/g, '<time>')
    .replaceAll(/\b[0-9A-F]{40}\b/g, '<thumbprint>');
}
