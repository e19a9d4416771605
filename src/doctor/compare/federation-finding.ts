/**
 * How a fault of the federation settings becomes a finding: with the one command that sets everything right that is known to
 * differ, instead of a command for each.
 */
import { CONNECT_COMMAND, updateCommand } from '../../entra/cmdlets.ts';
import type { FederationSettings } from '../../entra/federation-settings.ts';
import type { FederationCapture, FederationProperty } from '../capture.ts';
import type { Confidence, Finding, FixStep, Severity } from '../finding.ts';
import { COMPARED, isCut, isSame, propertyOf } from './federation-rows.ts';

export interface Compared {
  readonly capture: FederationCapture;
  readonly served: FederationSettings | undefined;
  /** The federated domain, from the prompt or the configuration; undefined where neither tells. */
  readonly domain: string | undefined;
  readonly at: Date | undefined;
}

export type Changes = Partial<Record<keyof FederationSettings, string>>;

export const GRAPH = 'Microsoft Graph, internalDomainFederation';
export const VENDOR = 'PingOne, Reference and troubleshooting for Microsoft Entra hybrid join';

/** Every property that is known to differ, as it should be: one command mends them together. */
export function differing({ capture, served }: Compared): Changes {
  if (served === undefined) return {};
  return Object.fromEntries(
    COMPARED.filter((name) => {
      const value = propertyOf(capture, name)?.value;
      return value !== undefined && !isCut(value) && !isSame(name, value, served[name]);
    }).map((name) => [name, served[name]]),
  );
}

export interface Said {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly seen: readonly (FederationProperty | undefined)[];
  readonly expected?: string | undefined;
  readonly cause: string;
  readonly source: string;
  readonly confidence: Confidence;
  /** Set where the configuration does not say what is right. */
  readonly changes?: Changes;
  readonly more?: readonly FixStep[];
}

/** With the steps that correct it: one command with everything that differs, else with `changes`. */
export function finding(compared: Compared, said: Said): Finding {
  const { seen, expected, changes = {}, more = [], ...rest } = said;
  return {
    ...rest,
    seen: seen.flatMap((property) => property?.quote ?? []),
    ...(expected === undefined ? {} : { expected }),
    fix: [...more, ...correction(compared, { ...changes, ...differing(compared) })],
    consequences: [],
  };
}

export function correction({ capture, domain }: Compared, changes: Changes): readonly FixStep[] {
  if (Object.keys(changes).length === 0) return [];
  const id = propertyOf(capture, 'Id')?.value;
  const command = updateCommand(
    changes as Partial<FederationSettings>,
    domain ?? '<federated domain>',
    id || undefined,
  );
  return [
    { text: 'Connect as Hybrid Identity Administrator.', command: CONNECT_COMMAND },
    { text: `Correct ${Object.keys(changes).join(', ')}.`, command },
    {
      text: 'Or set everything, and have it compared: run the PowerShell that this prints.',
      command: 'mortise entra cmdlets --config mortise.yaml',
    },
  ];
}
