import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLandmarkIndex, LANDMARK_TOKENS, visitLandmarks } from '../../src/near/landmarks.ts';

const tokens = fc.array(fc.nat(300), { maxLength: 80 }).map((all) => Uint32Array.from(all));

function landmarksOf(text: Uint32Array, begin = 0, end = text.length): readonly string[] {
  const found: string[] = [];
  visitLandmarks(text, { begin, end }, (hash, at) => found.push(`${at}:${hash}`));
  return found;
}

describe('visitLandmarks', () => {
  it('finds the same landmarks of a passage wherever it stands', () => {
    fc.assert(
      fc.property(tokens, tokens, (before, passage) => {
        const moved = Uint32Array.from([...before, ...passage]);
        const at = before.length + LANDMARK_TOKENS - 1;
        const inside = landmarksOf(moved, Math.min(at, moved.length)).map((one) => {
          const [place, hash] = one.split(':');
          return `${Number(place) - before.length}:${hash}`;
        });
        expect(inside).toEqual(landmarksOf(passage));
      }),
    );
  });

  it('finds in two halves what it finds in the whole', () => {
    fc.assert(
      fc.property(tokens, fc.nat(80), (text, cut) => {
        const at = Math.min(cut, text.length);
        expect([...landmarksOf(text, 0, at), ...landmarksOf(text, at)]).toEqual(landmarksOf(text));
      }),
    );
  });

  it('picks about one window in eight', () => {
    const text = Uint32Array.from({ length: 80_000 }, (_, i) => (i * 2_654_435_761) >>> 12);
    expect(landmarksOf(text).length).toBeGreaterThan(9_000);
    expect(landmarksOf(text).length).toBeLessThan(11_000);
  });
});

describe('createLandmarkIndex', () => {
  it('holds the places of the blocks that are there, scope by scope', () => {
    const operation = fc.record({ block: fc.nat(6), text: tokens, scope: fc.nat(1) });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), (operations) => {
        const index = createLandmarkIndex();
        const held = new Map<number, (typeof operations)[number]>();
        for (const one of operations) {
          if (held.delete(one.block)) index.removeBlock(one.block);
          else {
            held.set(one.block, one);
            const range = { begin: 0, end: one.text.length, scope: one.scope };
            index.addBlock(one.block, one.text, range);
          }
        }
        const wanted = [...held.values()].flatMap(({ block, text, scope }) =>
          landmarksOf(text).map((one) => ({ block, scope, one })),
        );
        expect(index.count).toBe(wanted.length);
        for (const { block, scope, one } of wanted) {
          const [offset, hash] = one.split(':').map(Number);
          const places: string[] = [];
          index.visitPlaces({ hash, scope }, 1000, (at, last) => places.push(`${at}:${last}`));
          expect(places).toContain(`${block}:${offset}`);
          expect(places.length).toBe(
            wanted.filter((all) => all.scope === scope && all.one.endsWith(`:${hash}`)).length,
          );
        }
      }),
    );
  });
});
