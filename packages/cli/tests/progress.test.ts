import { describe, expect, it } from 'vitest';
import { progressText } from '../src/index.ts';

describe('progressText', () => {
  it('says stage, rows, share, rate and time left', () => {
    expect(progressText('read', 1_000_000, 4_000_000, 2000)).toBe(
      'read        1,000,000 rows  25 %  500,000/s  6 s left',
    );
  });

  it('leaves out what is not known yet', () => {
    expect(progressText('read', 0, undefined, 0)).toBe('read        0 rows');
  });
});
