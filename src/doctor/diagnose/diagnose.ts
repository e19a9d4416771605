/**
 * From what was read to what is said: judges each capture, folds what follows under its cause across captures, and puts the
 * findings in order. Pure; throws for no reading. Does not own: reading (read/), the configuration's side (compare/).
 */
import { compareMappings } from '../compare/attribute-mappings.ts';
import { compareFederation } from '../compare/federation-settings.ts';
import type { Capture, Reading } from '../capture.ts';
import type { Diagnosis, Finding } from '../finding.ts';
import { SEVERITIES } from '../finding.ts';
import type { DoctorConfiguration, Given } from '../given.ts';
import { acrossCaptures } from './across.ts';
import type { Context } from './circumstances.ts';
import { judgeEvents } from './events.ts';
import { judgeJoin } from './join.ts';
import { judgeStatus } from './status.ts';
import { judgeUnknown } from './unknown.ts';

export function diagnose(reading: Reading, told: Given): Diagnosis {
  // An invalid Date compares with nothing: as if none had been given.
  const given = Number.isNaN(told.at?.getTime()) ? { ...told, at: undefined } : told;
  const configured = applicationOf(reading, given.configuration);
  const context: Context = {
    at: given.at,
    mappings: () => compareMappings(configured?.application, configured?.userTypes),
  };
  const judged = reading.captures.flatMap((capture) => judge(capture, context, given));
  return { findings: inOrder(acrossCaptures([...judged, ...judgeUnknown(reading, judged, context)], reading)) };
}

function judge(capture: Capture, context: Context, given: Given): readonly Finding[] {
  if (capture.kind === 'join') return judgeJoin(capture, context);
  if (capture.kind === 'status') return judgeStatus(capture, { ...context, clock: given.at, embedded: false });
  if (capture.kind === 'events') return judgeEvents(capture, context);
  return compareFederation(capture, given.configuration, given.at);
}

type Configured = DoctorConfiguration['applications'][number];

function servedFor(domain: string | undefined, configuration: DoctorConfiguration | undefined): Configured | undefined {
  const applications = configuration?.applications ?? [];
  if (applications.length === 1) return applications[0];
  return applications.find(({ application }) => application.domainName.toLowerCase() === domain?.toLowerCase());
}

/** The application of the domain that a capture names; the only one, where there is one. */
function applicationOf(reading: Reading, configuration: DoctorConfiguration | undefined): Configured | undefined {
  const text = reading.captures.flatMap((capture) =>
    capture.kind === 'join' ? capture.steps.map((step) => step.quote.text) : [],
  );
  const named = /TenantName = ([^\s}]+)/.exec(text.find((line) => line.includes('TenantName = ')) ?? '')?.[1];
  return servedFor(named, configuration);
}

/** Worst first; within one severity as they were found, which is the order in which to act. */
const inOrder = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
