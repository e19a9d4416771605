/**
 * What takes part in a comparison: a server in processes of its own, and one operation of a client on it.
 * Owns the words only; rounds.ts puts the load on, the folders beside harness/ hold the contestants.
 */

export interface Contestant {
  /** As the table shows it. */
  readonly name: string;
  /** Instead of the load's. */
  readonly callers?: number;
  /** @throws Error in words for whoever runs the benchmark; nothing stays running then */
  readonly start: () => Promise<StartedContestant>;
}

export interface StartedContestant {
  /** Processes whose CPU time counts, each with all its descendants. */
  readonly pids: () => readonly number[];
  /** Makes ready what so many operations need of the client; its time is not measured. */
  readonly prepare?: (operations: number) => void;
  /**
   * One operation, awaited to its end.
   *
   * @param caller from 0: each has one operation under way at a time, so it may own a connection and a session
   * @throws Error when the answer is not what it should be
   */
  readonly operation: (caller: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface Load {
  readonly rounds: number;
  /** How long a contestant is under load in a round; operations under way then are awaited and counted. */
  readonly roundMs: number;
  readonly warmUpMs: number;
  /** A round ends here at the latest, however fast the contestant is. */
  readonly maxOperations: number;
  readonly callers: number;
}
