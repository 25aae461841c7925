import { join, resolve } from 'node:path';
import { publishFile } from '@wavetune/core';
import { Gauge, Registry } from 'prom-client';
import type { Setup } from '../config/load-config.ts';
import type { Figures } from '../gates/figures.ts';
import { readFigures } from '../steps/figures.ts';
import type { Night } from './night.ts';
import type { StepOutcome } from './run-steps.ts';

/** How a night ended. */
export interface NightEnd {
  readonly night: Night;
  readonly outcomes: readonly StepOutcome[];
  readonly result: 'published' | 'gated' | 'failed';
  readonly endedMillis: number;
  readonly seconds: number;
}

/**
 * Writes the night's metrics in Prometheus' text form: into the run's folder, and where node_exporter looks for them.
 *
 * @param runFolder - Undefined where the night failed before it had figures.
 */
export async function writeMetrics(end: NightEnd, runFolder: string | undefined): Promise<void> {
  const figures = runFolder === undefined ? undefined : await readFigures(runFolder);
  const text = await metricsOf(end, figures).metrics();
  if (runFolder !== undefined) await publishFile(join(runFolder, 'metrics.prom'), [text]);
  await publishTextfile(end.night.setup, text);
}

/** Likewise of a night that failed before it was settled what it would do: that it failed, and when. */
export async function writeFailure(
  setup: Setup,
  { endedMillis, seconds }: Pick<NightEnd, 'endedMillis' | 'seconds'>,
): Promise<void> {
  const end = { outcomes: [], result: 'failed', endedMillis, seconds } as const;
  await publishTextfile(setup, await metricsOf(end, undefined).metrics());
}

async function publishTextfile({ config, folder }: Setup, text: string): Promise<void> {
  if (config.textfile !== undefined) await publishFile(resolve(folder, config.textfile), [text]);
}

function metricsOf(
  { outcomes, result, endedMillis, seconds }: Omit<NightEnd, 'night'>,
  figures: Figures | undefined,
): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: number | null): void => {
    if (value !== null)
      new Gauge({ name: `wavetune_nightly_${name}`, help, registers: [registry] }).set(value);
  };
  gauge('last_run_timestamp_seconds', 'When the last run ended.', endedMillis / 1000);
  gauge('last_run_success', '1 where the last run was published.', result === 'published' ? 1 : 0);
  gauge('last_run_gated', '1 where a gate stopped the last run.', result === 'gated' ? 1 : 0);
  gauge('duration_seconds', 'Of the last run, as far as it came.', seconds);
  const steps = new Gauge({
    name: 'wavetune_nightly_step_duration_seconds',
    help: 'Of a step of the last run; 0 where it was done before.',
    labelNames: ['step'],
    registers: [registry],
  });
  for (const outcome of outcomes)
    steps.set({ step: outcome.step }, outcome.skipped ? 0 : outcome.seconds);
  if (figures === undefined) return registry;
  const { added, window } = figures;
  gauge('requests', 'Requests read in the last run.', added.requests);
  gauge('block_references', 'Block references read in the last run.', added.block_references);
  gauge('bad_records', 'Records of the last run that could not be read.', added.bad_records);
  gauge(
    'hit_ratio',
    'Of the chosen policy on requests that the tuning never saw.',
    window.hit_ratio,
  );
  gauge('default_hit_ratio', 'Of the default policy on the same requests.', window.default_ratio);
  gauge('ceiling_hit_ratio', 'Of an infinite cache on the measured window.', window.ceiling_ratio);
  gauge(
    'saved_tokens',
    'Prefill tokens that the chosen policy saves in the measured window.',
    window.hit_tokens,
  );
  return registry;
}
