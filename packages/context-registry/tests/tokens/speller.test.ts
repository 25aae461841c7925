import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { createSpeller, loadDefaultTokenizer, type Speller } from '../../src/index.ts';

const qwen = await loadDefaultTokenizer();
const options = { maxTextBytes: 2 ** 20, longBytes: 1000, deadlineMillis: 60_000 };
const opened: Speller[] = [];
afterEach(() => Promise.all(opened.splice(0).map((speller) => speller.close())));

function open(over: Partial<typeof options> = {}): Speller {
  const speller = createSpeller({ ...options, ...over });
  opened.push(speller);
  return speller;
}

/** One word, for which the tokenizer has no short way. */
function longWord(letters: number): string {
  return Array.from({ length: letters }, (_, i) => 'etaoinshrdlu'[(i * i + 7 * i) % 12]).join('');
}

describe('createSpeller', () => {
  it('spells a text as the tokenizer does, and texts asked for together one after the other', async () => {
    const texts = ['Hello, world. '.repeat(200), longWord(2000), 'naïve 🙂 '.repeat(300)];
    const speller = open();
    const spelled = await Promise.all(texts.map(speller.spell));
    expect(spelled).toEqual(texts.map((text) => qwen.encode(text)));
  });

  it('holds up nobody else', async () => {
    const speller = open();
    await speller.spell('the thread is there');
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const from = performance.now();
    const tokens = await speller.spell(longWord(60_000));
    const tookMillis = performance.now() - from;
    delay.disable();
    expect(tokens.length).toBeGreaterThan(5000);
    expect(delay.max / 1e6).toBeLessThan(tookMillis / 2);
  });

  it('gives up a text that takes too long, and spells the next', async () => {
    const speller = open({ deadlineMillis: 1000 });
    const word = longWord(2 ** 19);
    const [slow, next] = await Promise.allSettled([speller.spell(word), speller.spell('next')]);
    expect(slow).toMatchObject({ reason: { code: 'tokens.too-slow' } });
    expect(next).toMatchObject({ value: qwen.encode('next') });
  });

  it('takes only what is longer than short, and refuses what is no text or too long', async () => {
    const speller = open({ maxTextBytes: 2000 });
    expect(speller.isLong('a'.repeat(1000))).toBe(false);
    expect(speller.isLong('a'.repeat(1001))).toBe(true);
    await expect(speller.spell('a'.repeat(2001))).rejects.toThrow('tokens.text-too-long');
    await expect(speller.spell('\ud800')).rejects.toThrow('tokens.invalid-text');
  });

  it('fails what is asked of it once it is closed', async () => {
    const speller = open();
    await speller.close();
    await expect(speller.spell('late')).rejects.toThrow('closed');
  });
});
