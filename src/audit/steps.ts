/**
 * Measures the steps of one request. The flow runs each step through it, and the record gets them in the order in which they
 * began, the one that failed included. Does not know what the steps do, nor what time it is: the clock is given.
 */
import { Refusal } from '../refusal.ts';
import type { Step } from './activity.ts';

/** Says what a step found, in a few words; the last word stands. Never a secret: it goes to the record. */
export type Note = (detail: string) => void;

export interface Steps {
  /** Runs `work`, hands on what it returns or throws, and remembers how long it took and what it noted. */
  run<T>(name: string, work: (note: Note) => T | Promise<T>): Promise<T>;
  /** The steps that have ended. */
  list(): readonly Step[];
}

/** `clock` gives milliseconds and never goes back, as `performance.now` does. */
export function startSteps(clock: () => number): Steps {
  const begun: { ended?: Step }[] = [];
  return {
    async run(name, work) {
      const step: { ended?: Step } = {};
      begun.push(step);
      const start = clock();
      let detail: string | undefined;
      const end = (outcome: Pick<Step, 'detail' | 'failed'>): void => {
        step.ended = { name, durationMs: toMicroseconds(clock() - start), ...outcome };
      };
      try {
        const result = await work((text) => (detail = text));
        end(detail === undefined ? {} : { detail });
        return result;
      } catch (error) {
        end({ detail: detail ?? failure(error), failed: true });
        throw error;
      }
    },
    list: () => begun.flatMap(({ ended }) => ended ?? []),
  };
}

/** Of a defect only the name: its message may hold anything. */
function failure(error: unknown): string {
  if (error instanceof Refusal) return error.code;
  return error instanceof Error ? error.name : 'failed';
}

/** Three decimals: more is noise. */
function toMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
