import { renderTable, type TableColumn } from '@wavetune/cli';
import {
  type CostConstants,
  type Decision,
  type Device,
  explainCost,
  type RankedPolicy,
  type StepTerms,
  type TiledProblem,
  type TilePolicy,
  toPolicyFields,
} from '@wavetune/kernels';

/** A problem with what was found for it. */
export interface TunedProblem {
  readonly problem: TiledProblem;
  readonly ranking: readonly RankedPolicy[];
  readonly decision: Decision;
}

/** The machine-readable answer for a problem. */
export function answerOf({ problem, ranking, decision }: TunedProblem): object {
  const { baseline, policy, seconds, gain, source, verdict } = decision;
  return {
    problem,
    policy: toPolicyFields(policy),
    micros: seconds * 1e6,
    baseline: {
      name: baseline.name,
      policy: toPolicyFields(baseline.policy),
      micros: baseline.seconds * 1e6,
      feasible: baseline.feasible,
    },
    gain,
    source,
    verdict,
    ranking: ranking.map((ranked) => ({
      policy: toPolicyFields(ranked.policy),
      micros: ranked.seconds * 1e6,
    })),
  };
}

/** The verdict in a sentence. */
export function verdictLine({ problem, decision }: TunedProblem): string {
  const { baseline, candidate, gain, source, verdict } = decision;
  const shape =
    problem.kind === 'dense'
      ? `M ${problem.m}  N ${problem.n}  K ${problem.k}`
      : `M ${problem.m}  width ${problem.width}  hidden ${problem.hidden}  experts ${problem.experts}/${problem.ep}  top ${problem.topK}`;
  const runs = baseline.feasible ? '' : ', which cannot run here';
  return (
    `${problem.kind} ${problem.dtype}  ${shape}: ${verdict}. ${source} ${micros(candidate.seconds)} ` +
    `against ${micros(baseline.seconds)} of ${baseline.name}${runs} (${(100 * gain).toFixed(1)} % faster)`
  );
}

const right = (heading: string): TableColumn => ({ heading, align: 'right' });
const POLICY_COLUMNS = ['BM', 'BN', 'BK', 'group', 'stages', 'warps', 'split'].map(right);

/** The ranked tiles and the default below them. */
export function rankingReport({ ranking, decision }: TunedProblem): string {
  const { baseline } = decision;
  return renderTable(
    [right('rank'), ...POLICY_COLUMNS, right('time')],
    [
      ...ranking.map(({ policy, seconds }, i) => [
        String(i + 1),
        ...cellsOf(policy),
        micros(seconds),
      ]),
      [baseline.name, ...cellsOf(baseline.policy), micros(baseline.seconds)],
    ],
  );
}

const TERMS: readonly (keyof StepTerms)[] = [
  'compute',
  'shared',
  'l2',
  'hbm',
  'rescale',
  'latency',
  'chain',
];

/** The terms of one step, nanoseconds, for the best tile and the default, each multiplication by itself. */
export function explainReport(
  device: Device,
  { problem, decision }: TunedProblem,
  constants: CostConstants,
): string {
  const rows = [
    ['candidate', decision.candidate.policy] as const,
    [decision.baseline.name, decision.baseline.policy] as const,
  ].flatMap(([name, policy]) => {
    const explained = explainCost(device, { problem, policy, constants });
    return explained.gemms.map((gemm, i) => [
      `${name} ${i + 1}`,
      String(gemm.tiles),
      String(gemm.steps),
      String(gemm.ctasPerSm),
      `${gemm.fullWaves}+${gemm.tailTiles === 0 ? 0 : 1}`,
      ...TERMS.map((term) => (gemm.terms[term] * 1e9).toFixed(0)),
      gemm.bound,
      micros(gemm.seconds),
    ]);
  });
  const columns = [
    'tiles',
    'steps',
    'CTAs/SM',
    'waves',
    ...TERMS.map((term) => `${term} ns`),
    'bound',
    'µs',
  ];
  return renderTable([{ heading: 'one step', align: 'left' }, ...columns.map(right)], rows);
}

function cellsOf(policy: TilePolicy): readonly string[] {
  const { blockM, blockN, blockK, groupM, stages, warps, splitK } = policy;
  return [blockM, blockN, blockK, groupM, stages, warps, splitK].map(String);
}

function micros(seconds: number): string {
  return `${(seconds * 1e6).toFixed(1)} µs`;
}
