import { loadDevice } from '@wavetune/catalog';
import { defineCommand, type Session } from '@wavetune/cli';
import { publishFile } from '@wavetune/core';
import { loadCalibration, loadMeasurements, readText } from '@wavetune/kernel-input';
import {
  buildNeighbourIndex,
  type CostConstants,
  decidePolicy,
  findStrategy,
  type Measurement,
  type NeighbourIndex,
  neighbourQueryOf,
  neighbourVotes,
  parseTunedTable,
  sameShape,
  searchPolicies,
  type TiledProblem,
} from '@wavetune/kernels';
import { faultOf, OPTIONS, type RawOptions } from './options.ts';
import { problemsOf } from './problems.ts';
import {
  answerOf,
  explainReport,
  rankingReport,
  type TunedProblem,
  verdictLine,
} from './report.ts';
import { sweepLines } from './sweep.ts';

/** One problem, its best tiles, and whether they are worth leaving the default for. */
export const tuneKernel = defineCommand({
  name: 'tune-kernel',
  summary:
    'Ranks the tile policies of one matrix multiplication or MoE layer by modelled time, and says whether the best is ' +
    "worth leaving the engine's default for.",
  options: OPTIONS,
  examples: [
    ['tune-kernel --device A100 --m 16,512 --n 4096 --k 14336 --top 8 --explain', 'a dense layer'],
    [
      'tune-kernel --device H200 --dtype fp8_w8a8 --m 64 --n 2048 --k 7168 --experts 256 --top-k 8 --ep 8',
      'an MoE layer on one of eight ranks',
    ],
    ['tune-kernel --device H100 --m 64 --n 4096 --k 4096 --emit-sweep sweep.jsonl', 'what to time'],
  ],
  check: faultOf,
  async run(raw, session) {
    const device = await loadDevice(raw.device);
    const problems = problemsOf(raw);
    const { constants } = await loadCalibration(raw.calibration);
    const measured =
      raw.measured === undefined ? [] : await loadMeasurements(raw.measured, device.name);
    const index =
      raw.neighbours === undefined
        ? undefined
        : buildNeighbourIndex(parseTunedTable(await readText(raw.neighbours)));
    const tuned = problems.map((problem) =>
      tuneProblem({ raw, problem, device, constants, measured, index }),
    );
    printAnswer(raw, session, { tuned, device, constants });
    if (raw['emit-sweep'] === undefined) return;
    const lines = tuned.flatMap((one) => sweepLines(device.name, one));
    await publishFile(raw['emit-sweep'], `${lines.join('\n')}\n`);
    session.note(`wrote ${raw['emit-sweep']}: ${lines.length} timings to take`);
  },
});

type Device = Awaited<ReturnType<typeof loadDevice>>;

function tuneProblem(of: {
  readonly raw: RawOptions;
  readonly problem: TiledProblem;
  readonly device: Device;
  readonly constants: CostConstants;
  readonly measured: readonly Measurement[];
  readonly index: NeighbourIndex | undefined;
}): TunedProblem {
  const { raw, problem, device, constants, index } = of;
  const strategy = findStrategy(raw.strategy);
  const ranking = searchPolicies(device, {
    problem,
    constants,
    top: raw.top,
    splitK: raw['split-k'],
  });
  const { engineName } = device;
  const evidence = {
    ranking,
    baseline: { name: strategy.name, policy: strategy.choose(problem) },
    neighbours:
      index === undefined ? [] : neighbourVotes(index, neighbourQueryOf(problem, engineName)),
    measured: of.measured.filter((timed) => sameShape(timed.problem, problem)),
    margin: raw.margin,
  };
  return { problem, ranking, decision: decidePolicy(device, { problem, constants, evidence }) };
}

function printAnswer(
  raw: RawOptions,
  session: Session,
  {
    tuned,
    device,
    constants,
  }: {
    readonly tuned: readonly TunedProblem[];
    readonly device: Device;
    readonly constants: CostConstants;
  },
): void {
  if (raw.json) {
    session.print(JSON.stringify({ device: device.name, problems: tuned.map(answerOf) }));
    return;
  }
  for (const one of tuned) {
    session.print(verdictLine(one));
    session.print(rankingReport(one));
    if (raw.explain) session.print(explainReport(device, one, constants));
    session.print('');
  }
}
