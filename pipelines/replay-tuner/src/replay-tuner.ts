import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { loadKvModel, MODEL_OPTIONS, parseCapacity } from '@wavetune/cache-sizing';
import { cliError, defineCommand, type Session } from '@wavetune/cli';
import { type ReadTrace, requireBlocks } from '@wavetune/ingest';
import { checkOutputs, expandFiles, readLogs, withLogEngine } from '@wavetune/log-input';
import { withThreadPool } from '@wavetune/pool';
import { type KernelGround, loadKernelGround } from './kernels/kernel-ground.ts';
import { faultOf, faultOfRequestRun, hasCache, OPTIONS, type RawOptions } from './options.ts';
import { planIn } from './plan/plan-in.ts';
import { faultOfPlanRun } from './plan/plan-options.ts';
import { runPlan } from './plan/run-plan.ts';
import { publish } from './publish.ts';
import { replayTunerError } from './replay-tuner-errors.ts';
import { tuneAll } from './tune-all.ts';

const NAME = 'replay-tuner';

/** From a trace to policies.json. */
export const replayTuner = defineCommand({
  name: NAME,
  summary:
    'Finds the cache policy and the kernel policies that suit a trace, or how the rows of a plan are staged, and says keep the default where that is best.',
  options: OPTIONS,
  examples: [
    [
      'replay-tuner --trace trace.jsonl --model llama-3.1-8b --memory 40GiB',
      'writes policies.json',
    ],
    [
      'replay-tuner --trace trace.jsonl --model llama-3.1-8b --memory 200GiB --engine vllm lmcache --engine-dir out',
      'and what those engines should be told',
    ],
    ['replay-tuner --trace trace.jsonl --capacity 5%', 'without a model'],
    [
      'replay-tuner --trace trace.jsonl --model deepseek-v3 --tp 8 --ep 8 --device H200 --dtype fp8 --engine vllm --engine-dir out',
      'kernels, and the tables that vLLM reads',
    ],
    [
      'replay-tuner --trace clickhouse://host:8123/llm.requests --read-with clickhouse://host:8123 --capacity 5%',
      'a table',
    ],
    [
      'replay-tuner --trace plan.json --sample orders.parquet --rhs customers=customers.parquet --world-size 4',
      'a plan: how the rows that it moves are staged',
    ],
  ],
  check: faultOf,
  async run(raw, session) {
    const files = await expandFiles(raw.trace);
    const plan = await planIn(raw, files);
    const fault = plan === undefined ? faultOfRequestRun(raw) : faultOfPlanRun(raw);
    if (fault !== undefined)
      throw cliError('usage.bad-arguments', { command: NAME, reason: fault });
    if (plan === undefined) await runRequests(raw, files, session);
    else await runPlan(raw, plan, session);
  },
});

async function runRequests(
  raw: RawOptions,
  files: readonly string[],
  session: Session,
): Promise<void> {
  const capacity = hasCache(raw) ? parseCapacity(raw.memory ?? raw.capacity ?? '') : undefined;
  const model = await loadKvModel({ model: raw.model, device: raw.device ?? PREFILL_DEVICE });
  const kernelGround = await kernelGroundOf(raw);
  await checkOutputs({ out: raw.out, quarantine: raw.quarantine }, files);
  if (raw.engine !== undefined) await makeFolder(raw['engine-dir']);
  const reading = { ...raw, engine: raw['read-with'] };
  const trace = await withLogEngine(reading, session, (engine) =>
    readLogs(session, { files, raw, engine }),
  );
  if (kernelGround === undefined) requireBlocks(trace, files);
  else requireTokens(trace);
  const found = { trace, model, capacity, kernelGround };
  const tuning = await withThreadPool({ threads: raw.threads ?? availableParallelism() }, (pool) =>
    tuneAll(raw, found, { pool, session }),
  );
  await publish(raw, session, { tuning, files });
}

/** Whose prefill time is modelled where no device is named. */
const PREFILL_DEVICE = MODEL_OPTIONS.device.default;

/** In logs of keys a block is a part of a key, and stands for no tokens. */
function requireTokens({ source }: ReadTrace): void {
  const { chain, name } = source.format;
  if (chain !== 'path' && chain !== 'key') return;
  throw replayTunerError('replay-tuner.no-tokens', { format: name });
}

function kernelGroundOf(raw: RawOptions): Promise<KernelGround | undefined> {
  const { device, model, engine = [] } = raw;
  if (device === undefined || model === undefined) return Promise.resolve(undefined);
  const strategy = engine.includes('sglang') && !engine.includes('vllm') ? 'sglang' : 'vllm';
  return loadKernelGround(raw, { device, model, strategy });
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw replayTunerError('replay-tuner.bad-engine-dir', { folder, reason }, { cause });
  }
}
