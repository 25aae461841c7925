import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeWaveSpec, isWaveSpec, WAVE_TILES } from '@wavetune/documents';
import { BCACHE_TILES } from '@wavetune/prefix';
import { describe, expect, it } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';
import { hasSharedData, sharedData } from './support/shared-data.ts';

const folder = scratchFolder('export');

/** Runs the export and answers its summary and its document. */
async function exportOf(words: readonly string[], out: string) {
  const outcome = await runCli('export-wavespec', [...words, '--out', out, '--json']);
  expect(outcome.stderr).toBe('');
  expect(outcome.status).toBe(0);
  const spec = decodeWaveSpec(readFileSync(out, 'utf8'));
  if (!isWaveSpec(spec)) throw new Error('a full document was expected');
  return { summary: JSON.parse(outcome.stdout), spec };
}

const conversation = 'mooncake/conversation_trace.jsonl';
describe.skipIf(!hasSharedData(conversation))('the Mooncake conversation trace', () => {
  const logs = sharedData(conversation);
  const words = ['--logs', logs, '--model', 'llama-3.1-8b', '--memory', '40GiB', '--waves', '200'];

  it('gives the reference figures', async () => {
    const { summary } = await exportOf(words, join(folder, 'conversation.json'));
    expect(summary).toMatchObject({
      format: 'mooncake',
      requests: 12_031,
      blockReferences: 288_500,
      distinctBlocks: 182_790,
      inputTokens: 144_793_823,
      ceilingHitTokens: 54_098_411,
      quarantined: 0,
      parentConflicts: 0,
      waves: 200,
    });
    const { arrival, hottest, packed } = summary.extentsPerRequest;
    expect([arrival, hottest, packed].map((mean) => mean.toFixed(3))).toEqual([
      '2.775',
      '3.095',
      '2.382',
    ]);
  });

  it('emits waves that keep the rules of their consumer', async () => {
    const { spec } = await exportOf(words, join(folder, 'waves.json'));
    const int32 = (value: number) => Number.isInteger(value) && value >= 0 && value < 2 ** 31;
    for (const wave of spec.waves) {
      expect(wave.pack_order.every(int32)).toBe(true);
      expect(new Set(wave.pack_order).size).toBe(wave.pack_order.length);
      expect(WAVE_TILES).toContainEqual({
        bm: wave.bm,
        bn: wave.bn,
        bk: wave.bk,
        stage_n: wave.tmem_layout.stage_n,
        cluster_shape: wave.cluster_shape,
      });
      expect(wave.swap_window[0]).toBeLessThan(wave.swap_window[1]);
      for (const [layer, first, last] of wave.io_extents) {
        expect(layer).toBeTypeOf('string');
        expect(int32(first) && int32(last) && first <= last).toBe(true);
        expect((last - first + 1) * (spec.meta.page_bytes ?? 0)).toBeGreaterThanOrEqual(512 * 1024);
      }
    }
  });

  it('gives the same bytes for 1 and 2 threads, and again', async () => {
    const texts = [];
    for (const [run, threads] of [
      ['a', '1'],
      ['b', '2'],
      ['c', '2'],
    ]) {
      const out = join(folder, `same-${run}.json`);
      await exportOf([...words, '--threads', threads], out);
      texts.push(readFileSync(out, 'utf8'));
    }
    expect(new Set(texts).size).toBe(1);
  });
});

const weka = 'weka';
describe.skipIf(!hasSharedData(weka))('the Weka conversations', () => {
  const logs = sharedData('weka/*.json.gz');

  it('reach a ceiling near 96 %, each file a name space of its own, with copies named', async () => {
    const { summary } = await exportOf(
      ['--logs', logs, '--format', 'weka', '--top-k', '100'],
      join(folder, 'weka.json'),
    );
    const ratio = summary.ceilingHitTokens / summary.inputTokens;
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(0.97);
    expect(summary.duplicateFiles.length).toBeGreaterThan(0);
    expect(summary.duplicateFiles).toContain(sharedData('weka/trace_0406.json.gz'));
  });

  it('are refused without name spaces', async () => {
    const outcome = await runCli('export-wavespec', [
      '--logs',
      logs,
      '--namespace',
      'none',
      '--out',
      join(folder, 'no.json'),
    ]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toMatch(/ids mean something inside one file only/);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });
});

const golden = 'golden/datajax/wavespec_prefix4_page20.json';
describe.skipIf(!hasSharedData(golden))('--prefix-mode datajax', () => {
  it("equals the original's document of the sample log", async () => {
    const out = join(folder, 'datajax.json');
    const outcome = await runCli('export-wavespec', [
      ...['--logs', sharedData('golden/datajax/sample_logs.csv'), '--key', 'key', '--size', 'size'],
      ...['--prefix-mode', 'datajax', '--prefix-len', '4', '--page-bits', '20', '--out', out],
    ]);
    expect(outcome.status).toBe(0);
    const { schema, ...document } = JSON.parse(readFileSync(out, 'utf8'));
    expect(schema).toBe('wavespec/1');
    expect(document).toEqual(JSON.parse(readFileSync(sharedData(golden), 'utf8')));
  });
});

describe('the whitelist of tiles', () => {
  it('is the same where waves are planned and where they are checked', () => {
    expect(
      BCACHE_TILES.map(({ bm, bn, bk, stageN, cluster }) => ({
        bm,
        bn,
        bk,
        stage_n: stageN,
        cluster_shape: cluster,
      })),
    ).toEqual(WAVE_TILES);
  });
});
