/** What the person who runs the doctor gives beside the captures: a time to judge ages at, and the configuration. */
import type { FederationSettings } from '../entra/federation-settings.ts';
import type { Application } from '../model/application.ts';
import type { UserType } from '../model/gateway.ts';

export interface DoctorConfiguration {
  readonly applications: readonly {
    readonly application: Application;
    /** What it serves; undefined where it cannot be told, for example without its signing key. */
    readonly served: FederationSettings | undefined;
    /** Of its Kerberos gateways, for compareMappings; absent where only applications were read. */
    readonly userTypes?: readonly UserType[];
  }[];
}

export interface Given {
  /** `--at`: ages are judged at this time. Without it at the capture's own clock, or not at all. */
  readonly at: Date | undefined;
  /** `--config`. */
  readonly configuration: DoctorConfiguration | undefined;
}
