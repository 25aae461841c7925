import { describe, expect, it } from 'vitest';
import { createPlanner, PLANNERS } from '../src/index.ts';

describe('createPlanner', () => {
  it('refuses a name that it does not know', () => {
    expect(() => createPlanner('psychic')).toThrow(
      `planner.unknown: there is no planner "psychic"; there are ${PLANNERS.map(({ name }) => name).join(', ')}`,
    );
  });

  it('refuses an oracle that is not told what comes', () => {
    expect(() => createPlanner('oracle')).toThrow('planner.no-future');
  });
});
