// Tuned policies against every default, in modelled time over the steps of the conversation trace; and how much a
// decision depends on the half of the trace that it was made from.
//
//   node experiments/heuristic-vs-tuned/compare.ts [trace.jsonl]
import { readFileSync } from 'node:fs';
import { loadDevice, loadModel } from '@wavetune/catalog';
import { renderTable } from '@wavetune/cli';
import { loadCalibration } from '@wavetune/kernel-input';
import {
  type CostConstants,
  costPolicies,
  type Decision,
  type Device,
  decidePolicy,
  findStrategy,
  type KernelDtype,
  type LayerProblem,
  modelProblems,
  STRATEGIES,
  scheduleWaves,
  searchPolicies,
  stabilityOf,
  type TilePolicy,
  type TraceProblem,
  traceProblems,
  type Waves,
} from '@wavetune/kernels';

const TRACE = process.argv[2] ?? '../shared/data/mooncake/conversation_trace.jsonl';
const DEVICES = ['H200', 'A100'];
const MODELS: readonly (readonly [name: string, tp: number, ep: number, dtype: KernelDtype])[] = [
  ['deepseek-v3', 8, 8, 'fp8_w8a8_block'],
  ['qwen3-30b-a3b', 1, 1, 'bf16'],
  ['mixtral-8x7b', 2, 1, 'bf16'],
];
const vllm = findStrategy('vllm');

interface Request {
  readonly timestamp: number;
  readonly input_length: number;
  readonly output_length: number;
}

type Decided = TraceProblem & { readonly decision: Decision };

/** Nothing is cached; a step takes 10 ms and 20 µs a token. */
function wavesOf(requests: readonly Request[]): Waves {
  return scheduleWaves(
    {
      arrivalMillis: Float64Array.from(requests, (request) => request.timestamp),
      prefillTokens: Uint32Array.from(requests, (request) => request.input_length),
      outputTokens: Uint32Array.from(requests, (request) => request.output_length),
    },
    {
      tokenBudget: 8192,
      maxSequences: 256,
      arrivals: 'timed',
      stepMillis: (tokens) => 10 + tokens * 0.02,
    },
  );
}

function decideAll(
  layers: readonly LayerProblem[],
  waves: Waves,
  { device, constants }: { readonly device: Device; readonly constants: CostConstants },
): readonly Decided[] {
  return traceProblems(layers, waves).map((one) => {
    const { problem } = one;
    const ranking = searchPolicies(device, { problem, constants, top: 8 });
    const baseline = { name: vllm.name, policy: vllm.choose(problem) };
    const decision = decidePolicy(device, { problem, constants, evidence: { ranking, baseline } });
    return { ...one, decision };
  });
}

const percent = (ratio: number) => `${(100 * ratio).toFixed(1)} %`;
const requests: readonly Request[] = readFileSync(TRACE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const middle = requests.length >> 1;
const whole = wavesOf(requests);
const halves = [wavesOf(requests.slice(0, middle)), wavesOf(requests.slice(middle))];
const { constants } = await loadCalibration();
const rows: string[][] = [];
for (const [name, tp, ep, dtype] of MODELS) {
  const model = await loadModel(name);
  const layers = modelProblems(model, { tp, ep, dtype, routing: { kind: 'balanced' }, l2: 'cold' });
  for (const deviceName of DEVICES) {
    const device = await loadDevice(deviceName);
    const on = { device, constants };
    const decided = decideAll(layers, whole, on);
    const cost = ({ problem }: TraceProblem, policy: TilePolicy) =>
      costPolicies(device, { problem, constants, policies: [policy] })[0].seconds;
    const total = (secondsOf: (one: Decided) => number, layer?: string) =>
      decided
        .filter((one) => layer === undefined || one.layer === layer)
        .reduce((sum, one) => sum + one.weight * secondsOf(one), 0);
    const tuned = (one: Decided) => one.decision.seconds;
    const moe = (one: Decided) => one.decision.baseline.seconds;
    const [first, second] = halves.map((waves) => decideAll(layers, waves, on));
    const others = new Map(second.map((one) => [`${one.layer}/${one.m}`, one.decision.policy]));
    const stability = stabilityOf(
      first.flatMap((one) => {
        const other = others.get(`${one.layer}/${one.m}`);
        if (other === undefined) return [];
        const { policy: own, seconds: ownSeconds } = one.decision;
        return [{ weight: one.weight, own, other, ownSeconds, otherSeconds: cost(one, other) }];
      }),
    );
    rows.push([
      `${name} ${dtype} tp ${tp} ep ${ep}`,
      device.name,
      `${decided.filter((one) => one.decision.verdict === 'use').length}/${decided.length}`,
      ...STRATEGIES.map((strategy) =>
        percent(total((one) => cost(one, strategy.choose(one.problem))) / total(tuned) - 1),
      ),
      percent(total(moe, 'moe') / total(tuned, 'moe') - 1),
      percent(stability.changedShare ?? 0),
      percent(stability.crossCost ?? 0),
    ]);
  }
}
const headings = ['model', 'device', 'used', ...STRATEGIES.map(({ name }) => name)];
const columns = [...headings, 'moe alone, vllm', 'changed', 'cross cost'].map((heading, i) => ({
  heading,
  align: i < 2 ? ('left' as const) : ('right' as const),
}));
console.log(renderTable(columns, rows));
