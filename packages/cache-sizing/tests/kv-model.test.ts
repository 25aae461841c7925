import { loadDevice, loadModel, prefillFlopsPerToken } from '@wavetune/catalog';
import { describe, expect, it } from 'vitest';
import { loadKvModel, PREFILL_UTILISATION, prefillSeconds } from '../src/index.ts';

describe('loadKvModel', () => {
  it('gives the sum of the prefill operations of every token over the rate of the device', async () => {
    const kv = await loadKvModel({ model: 'llama-3.1-8b', device: 'H100' });
    const [model, device] = await Promise.all([loadModel('llama-3.1-8b'), loadDevice('H100')]);
    let flops = 0;
    for (let context = 1; context <= 1000; context++) flops += prefillFlopsPerToken(model, context);
    const prefill = kv?.prefill ?? expect.fail('no model');
    expect(prefillSeconds(prefill, 1000, 1000 ** 2)).toBeCloseTo(
      flops / (PREFILL_UTILISATION * device.denseFlopsByDtype.bf16),
      12,
    );
    expect(kv?.bytesPerToken).toBe(131_072);
  });

  it('is undefined without a model', async () => {
    expect(await loadKvModel({ model: undefined, device: 'H100' })).toBeUndefined();
  });

  it('refuses a device that nobody knows', async () => {
    await expect(loadKvModel({ model: 'qwen3-8b', device: 'H1000' })).rejects.toThrow(
      expect.objectContaining({ code: 'catalog.unknown-name' }),
    );
  });
});
