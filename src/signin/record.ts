/**
 * The record of one request while it is being answered: what was learnt so far, so that a refusal tells how far it came.
 * Owns what of a request goes into an Activity. Never a ticket, a header or a key: nobody hands them in.
 */
import type { Activity, ActivityEvent, RecordedClaim } from '../audit/activity.ts';
import { startSteps } from '../audit/steps.ts';
import type { Note, Steps } from '../audit/steps.ts';
import type { LookedUp } from '../gateway/look-up.ts';
import type { MappedSubject } from '../mapping/claims.ts';
import type { Refusal } from '../refusal.ts';

type Learnt = Pick<Activity, 'requestId' | 'principal' | 'subject'>;

export type RecordStart = Pick<
  Activity,
  'id' | 'recordedAt' | 'endpoint' | 'sourceAddress' | 'applicationId' | 'requestId'
>;

export interface OpenRecord {
  readonly step: Steps['run'];
  /** Adds what is known now; of `subject` the fields given. */
  learn(facts: Learnt): void;
  readonly note: (text: string) => void;
  /** The whole record, with its outcome. */
  refused(refusal: Refusal): Activity;
  issued(assertion: { readonly id: string; readonly notOnOrAfter: Date }, subject: MappedSubject): Activity;
  done(kind: ActivityEvent, detail?: string): Activity;
}

export function openRecord(start: RecordStart, clock: () => number): OpenRecord {
  const steps = startSteps(clock);
  const notes: string[] = [];
  let learnt: Learnt = {};
  const facts = () => ({ ...start, ...learnt, steps: steps.list(), notes: [...notes] });
  return {
    step: (name, work) => steps.run(name, work),
    learn(more) {
      const subject = more.subject === undefined ? learnt.subject : { ...learnt.subject, ...more.subject };
      learnt = { ...learnt, ...more, ...(subject !== undefined && { subject }) };
    },
    note: (text) => void notes.push(text),
    refused: (refusal) => ({ ...facts(), outcome: 'refused', refusal: { code: refusal.code, ...refusal.facts } }),
    issued: ({ id, notOnOrAfter }, subject) => ({
      ...facts(),
      outcome: 'issued',
      assertion: { id, notOnOrAfter, claims: recordedClaims(subject) },
    }),
    done: (kind, detail) => ({
      ...facts(),
      outcome: 'done',
      event: { kind, ...(detail !== undefined && { detail }) },
    }),
  };
}

/** The subject's name stands first, among the claims: Entra reads it like one. */
function recordedClaims({ nameIdentifier, claims }: MappedSubject): readonly RecordedClaim[] {
  const { value, format, source } = nameIdentifier;
  return [
    { name: 'NameIdentifier', namespace: format, value, source },
    ...claims.map((claim) => ({
      name: claim.name,
      namespace: claim.namespace,
      value: claim.values.join(', '),
      source: claim.source,
    })),
  ];
}

/** An entry's names, as the record keeps them. */
export function namesOf(found: LookedUp): { dn: string; name?: string; objectGUID?: string; objectSid?: string } {
  const { sAMAccountName: name, objectGUID, objectSid } = found.correlation;
  return {
    dn: found.entry.dn,
    ...(name !== undefined && { name }),
    ...(objectGUID !== undefined && { objectGUID }),
    ...(objectSid !== undefined && { objectSid }),
  };
}

/** The entry, in the record of the step that found it. */
export function noted(found: LookedUp, note: Note): LookedUp {
  note(`user type ${found.userType.name}: ${found.entry.dn}`);
  return found;
}
