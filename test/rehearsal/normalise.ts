/**
 * Replaces what differs from run to run in a transcript, so that it can be compared with a real one. Identifiers keep
 * their identity: `<guid 1>` is the same one wherever it stands.
 */
export function normalise(transcript: string): string {
  const seen = new Map<string, string>();
  const named = (guid: string): string => {
    const name = seen.get(guid) ?? `<guid ${seen.size + 1}>`;
    seen.set(guid, name);
    return name;
  };
  return transcript
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, named)
    .replaceAll(/https:\/\/login\.localhost:\d+/g, 'https://<login>')
    .replaceAll(/https:\/\/enterpriseregistration\.localhost:\d+/g, 'https://<drs>')
    .replaceAll(/domainController:\\\\\S+/g, 'domainController:<dc>')
    .replaceAll('corp.example.test', '<domain>')
    .replaceAll(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT/g, '<time>')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.000 UTC|Z)/g, '<time>')
    .replaceAll(/\b[0-9A-F]{40}\b/g, '<thumbprint>');
}
