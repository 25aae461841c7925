import type { Plan } from '@wavetune/ir';
import { digestsOf } from './digests.ts';
import type { MeasuredPlan } from './measured.ts';
import { relationsOf } from './relations.ts';

/** What a run showed of one relation. */
export interface Observation {
  readonly rows: number;
  /** Of each input. */
  readonly inputRows: readonly number[];
  /** Of a value of each column, on average; empty where there were no rows. */
  readonly columnBytes: Readonly<Record<string, number>>;
  /** Groups of one row; of an aggregate, where they were counted. */
  readonly singletons?: number;
  /** Groups of each stretch of a sample, added up; of an aggregate, where there were stretches. */
  readonly partGroups?: number;
  /** Groups that statistics alone told of these very files; of an aggregate, where they tell any. */
  readonly groupsTold?: number;
}

/** What a run showed of a column; undefined where it showed nothing, also of a column that is called as a method of objects. */
export function bytesSeen({ columnBytes }: Observation, column: string): number | undefined {
  return Object.hasOwn(columnBytes, column) ? columnBytes[column] : undefined;
}

/** By the digest of the relation, which names the question and not the files. */
export type Observations = ReadonlyMap<string, Observation>;

/** What a run of `plan` teaches about every plan with the same relations, whatever files it reads. */
export function observationsOf(plan: Plan, measured: MeasuredPlan): Observations {
  const relations = relationsOf(plan);
  const digests = digestsOf(relations);
  const byPath = new Map(measured.nodes.map((node) => [node.path, node]));
  const rowsAt = (at: number): number => byPath.get(relations[at].path)?.rows ?? 0;
  const observations = relations.flatMap(({ path, inputs }, at) => {
    const node = byPath.get(path);
    if (node === undefined) return [];
    const columns = node.rows === 0 ? [] : Object.entries(node.columnBytes);
    const observation: Observation = {
      rows: node.rows,
      inputRows: inputs.map(rowsAt),
      columnBytes: Object.fromEntries(columns.map(([name, bytes]) => [name, bytes / node.rows])),
      ...(node.singletons === undefined ? {} : { singletons: node.singletons }),
    };
    return [[digests[at], observation] as const];
  });
  return new Map(observations);
}

/** Both; where both saw a relation, what was seen on more rows stays. */
export function mergeObservations(left: Observations, right: Observations): Observations {
  const merged = new Map(left);
  for (const [digest, observation] of right) {
    const known = merged.get(digest);
    if (known === undefined || rowsSeen(observation) >= rowsSeen(known)) {
      merged.set(digest, observation);
    }
  }
  return merged;
}

function rowsSeen({ rows, inputRows }: Observation): number {
  return inputRows.reduce((sum, n) => sum + n, rows);
}
