import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BlockHasher,
  createDynamoBlockHasher,
  createSglangPageHasher,
  createVllmBlockHasher,
} from '../../src/index.ts';

const SHARED = process.env.WAVETUNE_SHARED_DATA ?? '../shared/data';
const VLLM_EVENT = `${SHARED}/vllm-kv-events/kv_event_base.json`;

const tokens = fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 60 });
const COUNT = Array.from({ length: 32 }, (_, i) => i);

function names(
  hasher: BlockHasher,
  ...[ids, scope]: [readonly number[], Parameters<BlockHasher['hash']>[2]?]
) {
  const out = new Uint32Array(2 * Math.floor(ids.length / hasher.blockSize));
  expect(hasher.hash(ids, out, scope)).toBe(out.length / 2);
  return [...new BigUint64Array(out.buffer)];
}

describe('createVllmBlockHasher', () => {
  it.skipIf(!existsSync(VLLM_EVENT))(
    `gives the 25 hashes that a vLLM server gave (skipped where ${VLLM_EVENT} is missing)`,
    () => {
      const text = readFileSync(VLLM_EVENT, 'utf8');
      const event = JSON.parse(text) as { token_ids: number[]; hash_seed: string };
      const printed = /"block_hashes": \[([^\]]*)\]/.exec(text)?.[1].split(',').map(BigInt);
      const hasher = createVllmBlockHasher({ seed: String(event.hash_seed), blockSize: 16 });
      expect(printed).toHaveLength(25);
      expect(names(hasher, event.token_ids)).toEqual(printed);
    },
  );

  it('hashes the bytes that RFC 8949 gives the list, worked by hand', () => {
    const root = createHash('sha256').update(Buffer.from('623432', 'hex')).digest();
    const list = (parent: Buffer, rest: string) =>
      createHash('sha256')
        .update(Buffer.from(`835820${parent.toString('hex')}${rest}`, 'hex'))
        .digest();
    const first = list(root, '82171818f6');
    const second = list(first, '82190100' + '1a00010000' + '8262616c62696d');
    const third = list(second, '821affffffff' + '18ff' + '8162616c');
    const hasher = createVllmBlockHasher({ seed: '42', blockSize: 2 });
    expect(names(hasher, [23, 24])).toEqual([first.readBigUInt64BE(24)]);
    const scope = {
      lora: 'al',
      multimodal: [{ identifier: 'im', offsetTokens: 3, lengthTokens: 1 }],
    };
    const loraFirst = list(root, '82171818' + '8162616c');
    const loraSecond = list(loraFirst, '82190100' + '1a00010000' + '8262616c62696d');
    const loraThird = list(loraSecond, '821affffffff' + '18ff' + '8162616c');
    expect(names(hasher, [23, 24, 256, 65_536, 0xffff_ffff, 255], scope)).toEqual(
      [loraFirst, loraSecond, loraThird].map((digest) => digest.readBigUInt64BE(24)),
    );
    expect(third).toHaveLength(32);
  });

  it('puts the salt into the first block only, and an offset beside an id where asked', () => {
    const plain = createVllmBlockHasher({ seed: '0', blockSize: 2 });
    const withOffset = createVllmBlockHasher({
      seed: '0',
      blockSize: 2,
      multimodalKeys: 'identifier-and-offset',
    });
    const image = { multimodal: [{ identifier: 'i', offsetTokens: 1, lengthTokens: 2 }] };
    expect(names(plain, [1, 2], { cacheSalt: '' })).toEqual(names(plain, [1, 2]));
    expect(names(plain, [1, 2], { cacheSalt: 's' })).not.toEqual(names(plain, [1, 2]));
    expect(names(plain, [1, 2], image)).not.toEqual(names(withOffset, [1, 2], image));
    const root = createHash('sha256').update(Buffer.from('6130', 'hex')).digest('hex');
    const second = createHash('sha256').update(Buffer.from(`835820${root}820102f6`, 'hex'));
    expect(names(plain, [1, 2])).toEqual([second.digest().readBigUInt64BE(24)]);
  });
});

describe('createSglangPageHasher', () => {
  it('gives the signed numbers of an independent computation', () => {
    const out = new Uint32Array(4);
    createSglangPageHasher(16).hash(COUNT, out);
    expect([...new BigInt64Array(out.buffer)]).toEqual([
      6738917275443968386n,
      5080553031686747138n,
    ]);
  });
});

describe('createDynamoBlockHasher', () => {
  it('gives the numbers of an independent XXH3', async () => {
    const hasher = await createDynamoBlockHasher({ blockSize: 16 });
    expect(names(hasher, COUNT)).toEqual([15310707395893867146n, 13769157705258532664n]);
  });
});

describe.each([
  ['vLLM', createVllmBlockHasher({ seed: '7', blockSize: 4 })],
  ['SGLang', createSglangPageHasher(4)],
  ['Dynamo', await createDynamoBlockHasher({ blockSize: 4 })],
])('block hasher of %s', (_, hasher) => {
  it('names equal prefixes alike, others differently, and leaves the partial block out', () => {
    fc.assert(
      fc.property(tokens, tokens, fc.nat(60), (left, right, shared) => {
        const other = [...left.slice(0, shared), ...right];
        const a = names(hasher, left);
        const b = names(hasher, other);
        for (let i = 0; i < Math.min(a.length, b.length); i++) {
          const end = 4 * (i + 1);
          const same = left.slice(0, end).join() === other.slice(0, end).join();
          expect(a[i] === b[i]).toBe(same);
        }
      }),
    );
  });

  it.each([[-1], [1.5], [2 ** 32], [Number.NaN]])('refuses token %d', (token) => {
    expect(() => hasher.hash([0, 0, 0, token], new Uint32Array(2))).toThrow(
      expect.objectContaining({ code: 'hash.bad-token' }),
    );
  });

  it('refuses an output that is too short', () => {
    expect(() => hasher.hash([0, 0, 0, 0], new Uint32Array(1))).toThrow(
      expect.objectContaining({ code: 'hash.short-output' }),
    );
  });
});

it.each([[0], [1.5], [65_537]])('a block of %d tokens is refused', (blockSize) => {
  expect(() => createVllmBlockHasher({ seed: '0', blockSize })).toThrow(
    expect.objectContaining({ code: 'hash.bad-block-size' }),
  );
});
