// Registering contexts of token ids, beside the simplest exact index: a map from the text of each prefix's blocks.
import { createRegistry } from '@wavetune/context-registry';
import { createRng } from '@wavetune/core';
import { BLOCK, drawToken } from './blocks.ts';

const CONTEXT_TOKENS = 4_000;
const PROMPTS = 50;
/** Tokens that contexts share. */
const SHARED_TOKENS = [2_000, 0];

/** Contexts that begin with one of 50 prompts of `sharedTokens` and go on each on its own. */
function drawContexts(count: number, sharedTokens: number): readonly Uint32Array[] {
  const rng = createRng(4);
  const draw = (length: number) => Uint32Array.from({ length }, () => drawToken(rng));
  const prompts = Array.from({ length: PROMPTS }, () => draw(sharedTokens));
  return Array.from({ length: count }, (_, i) => {
    const tokens = new Uint32Array(CONTEXT_TOKENS);
    tokens.set(prompts[i % PROMPTS]);
    tokens.set(draw(CONTEXT_TOKENS - sharedTokens), sharedTokens);
    return tokens;
  });
}

/** Prints tokens a second and bytes a distinct block, for contexts that share half and for such that share nothing. */
export function benchRegister(count: number): void {
  for (const sharedTokens of SHARED_TOKENS) {
    const contexts = drawContexts(count, sharedTokens);
    const tokens = count * CONTEXT_TOKENS;
    const { stats, register, match, remove } = registerAll(contexts);
    console.log(
      `${count.toLocaleString('en-US')} contexts of ${CONTEXT_TOKENS} tokens, ${sharedTokens} of them shared: ` +
        `${stats.distinctBlocks.toLocaleString('en-US')} distinct blocks`,
    );
    const speed = (millis: number) =>
      `${(tokens / millis / 1_000).toFixed(1)} M tokens/s of processor time`;
    console.log(`  register         ${speed(register)}`);
    console.log(`  a map of strings ${speed(mapOfStrings(contexts))}, exact prefixes only`);
    console.log(`  match            ${speed(match)}, all of it held`);
    console.log(`  remove           ${speed(remove)}`);
    console.log(
      `  memory           ${(stats.indexBytes / stats.distinctBlocks).toFixed(0)} bytes a distinct block\n`,
    );
  }
}

function registerAll(contexts: readonly Uint32Array[]) {
  const registry = createRegistry({ model: { name: 'm', bytesPerToken: 131_072 } });
  const key = (index: number) => ({ agent: `agent ${index % PROMPTS}`, context: String(index) });
  const register = millisOf(() => {
    for (const [i, tokens] of contexts.entries()) registry.register({ key: key(i), tokens });
  });
  const stats = registry.stats();
  const match = millisOf(() => {
    for (const tokens of contexts) registry.heldPrefix({ tokens });
  });
  const remove = millisOf(() => {
    for (let i = 0; i < contexts.length; i++) registry.remove([key(i)]);
  });
  return { stats, register, match, remove };
}

function mapOfStrings(contexts: readonly Uint32Array[]): number {
  const blocks = new Map<string, number>();
  return millisOf(() => {
    for (const tokens of contexts) {
      let parent = -1;
      for (let at = 0; at + BLOCK <= tokens.length; at += BLOCK) {
        const name = `${parent}:${tokens.subarray(at, at + BLOCK).join()}`;
        parent = blocks.get(name) ?? blocks.size;
        blocks.set(name, parent);
      }
    }
  });
}

/** Processor time, all threads of the process together: what else runs on the machine does not count. */
function millisOf(run: () => void): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
