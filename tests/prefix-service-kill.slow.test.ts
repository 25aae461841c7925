import { join } from 'node:path';
import { createRng } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { killRepeatedly } from './support/killed-service.ts';
import { scratchFolder } from './support/scratch.ts';

const folder = scratchFolder('service-kill');
const KILLS = 100;
const TWENTY_MINUTES = 1_200_000;

describe('a service that is killed', () => {
  it.each(['index.duckdb', 'index.jsonl'])(
    'has every acknowledged event exactly once after each of 100 restarts, in %s',
    async (file) => {
      const store = join(folder, file);
      const rng = createRng(20261121);
      const { acknowledged, unanswered, kept } = await killRepeatedly({
        store,
        kills: KILLS,
        mostMillis: 250,
        rng,
      });
      console.log(
        `${file}: ${KILLS} kills, ${acknowledged} batches acknowledged, ${unanswered} without an answer, ${kept} of those kept`,
      );
      expect(acknowledged).toBeGreaterThan(KILLS);
    },
    TWENTY_MINUTES,
  );
});
