import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENGINE_EXPORTERS, type EngineAdvice, type EngineExporter } from '../src/index.ts';

const REASON =
  'arc hits 12,345 tokens more than lru (+1.20 points, standard error 0.30) on the last 6,015 requests';

const adviceFor = (exporter: EngineExporter, over: Partial<EngineAdvice> = {}): EngineAdvice => ({
  verdict: 'use',
  reason: REASON,
  choice: exporter.choices[1],
  capacityBytes: 40 * 2 ** 30,
  blockSize: 512,
  retention: [{ prefix: '46', tokens: 1024, priority: 90, ttlMillis: 899_999.2 }],
  ...over,
});

const exporterOf = (name: EngineExporter['name']): EngineExporter => {
  const found = ENGINE_EXPORTERS.find((exporter) => exporter.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

const textOf = (exporter: EngineExporter, file: string, advice: EngineAdvice): string => {
  const found = exporter.filesOf(advice).find(({ name }) => name === file);
  if (found === undefined) throw new Error(`${file} is not among the files`);
  return found.text;
};

describe.each(ENGINE_EXPORTERS)('engine files of $name', (exporter) => {
  it('say the verdict and its reason, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('use' as const, 'keep default' as const),
        fc.stringMatching(/^[a-z0-9 ,.()%+-]{1,300}$/),
        (verdict, reason) => {
          const [first] = exporter.filesOf(adviceFor(exporter, { verdict, reason }));
          const words = (text: string) => text.split(/[\s#]+/).filter((word) => word !== '');
          expect(words(first.text).join(' ')).toContain(words(reason).join(' '));
          expect(first.text).toContain(verdict);
        },
      ),
    );
  });

  it('hold no setting where the default stays', () => {
    const advice = adviceFor(exporter, { verdict: 'keep default', choice: exporter.choices[0] });
    expect(exporter.settingsOf(advice)).toEqual({});
    for (const { name, text } of exporter.filesOf(advice)) {
      if (name.endsWith('.json')) expect(JSON.parse(text)).toMatchObject({ retention: [] });
      else expect(text.split('\n').every((line) => line === '' || line.startsWith('#'))).toBe(true);
    }
  });

  it('differ between any two choices', () => {
    const settings = exporter.choices.map((choice) => JSON.stringify(choice.setting));
    expect(new Set(settings).size).toBe(exporter.choices.length);
  });
});

describe('vLLM', () => {
  it('gets the same configuration as a file and as a flag', () => {
    const vllm = exporterOf('vllm');
    const advice = adviceFor(vllm, {
      choice:
        vllm.choices.find(({ setting }) => setting.eviction_policy === 'arc') ?? vllm.choices[0],
    });
    const file = JSON.parse(textOf(vllm, 'vllm-kv-transfer-config.json', advice));
    expect(file).toEqual({
      kv_connector: 'OffloadingConnector',
      kv_role: 'kv_both',
      kv_connector_extra_config: {
        cpu_bytes_to_use: 42_949_672_960,
        block_size: 512,
        eviction_policy: 'arc',
      },
    });
    const flag = /^--kv-transfer-config '(.*)'$/m.exec(textOf(vllm, 'vllm.args', advice));
    expect(JSON.parse(flag?.[1] ?? '')).toEqual(file);
    expect(vllm.settingsOf(advice)).toEqual(file);
  });

  it('is not given a block size that its GPU blocks do not divide', () => {
    const vllm = exporterOf('vllm');
    expect(vllm.settingsOf(adviceFor(vllm, { blockSize: 24 }))).toMatchObject({
      kv_connector_extra_config: expect.not.objectContaining({ block_size: 24 }),
    });
  });
});

describe('LMCache', () => {
  it('gets YAML with sizes in units of 2^30 bytes', () => {
    const lmcache = exporterOf('lmcache');
    expect(parse(textOf(lmcache, 'lmcache.yaml', adviceFor(lmcache)))).toEqual({
      chunk_size: 512,
      local_cpu: true,
      max_local_cpu_size: 40,
      cache_policy: 'LFU',
    });
  });
});

describe('LMCache’s chunk', () => {
  it.each([
    [16, 256],
    [48, 240],
    [256, 256],
    [512, 512],
  ])('is whole blocks of %d tokens, near the engine’s own 256: %d', (blockSize, chunkSize) => {
    const lmcache = exporterOf('lmcache');
    expect(lmcache.settingsOf(adviceFor(lmcache, { blockSize }))).toMatchObject({
      chunk_size: chunkSize,
    });
  });
});

describe('SGLang', () => {
  it('gets its flag on a line of its own', () => {
    const sglang = exporterOf('sglang');
    expect(textOf(sglang, 'sglang.args', adviceFor(sglang))).toMatch(
      /^--radix-eviction-policy lfu$/m,
    );
  });
});

describe('TensorRT-LLM', () => {
  it('gets a retention configuration a prefix, whole milliseconds', () => {
    const tensorrt = exporterOf('tensorrt-llm');
    const text = textOf(tensorrt, 'tensorrt-llm-retention.json', adviceFor(tensorrt));
    expect(JSON.parse(text).retention).toEqual([
      {
        prefix: '46',
        kv_cache_retention_config: {
          token_range_retention_configs: [
            { token_start: 0, token_end: 1024, priority: 90, duration_ms: 900_000 },
          ],
          decode_retention_priority: 35,
          decode_duration_ms: null,
        },
      },
    ]);
  });
});
