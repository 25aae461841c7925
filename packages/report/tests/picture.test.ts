import { describe, expect, it } from 'vitest';
import { buildReport, renderPicture } from '../src/index.ts';
import { renderOverview } from '../src/picture/overview.ts';
import { cohortOf, HOSTILE, policiesOf, replayOf, runOf, wavespecOf } from './fixtures.ts';

const report = buildReport(
  runOf({
    wavespec: wavespecOf(HOSTILE.map((id, i) => cohortOf(id, { count: 20 + i }))),
    replay: replayOf(['blue']),
    policies: policiesOf('use'),
  }),
  undefined,
);

describe('renderPicture', () => {
  it('is a PNG of 2,400 pixels, the same bytes each time', () => {
    const png = Buffer.from(renderPicture(report));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(2400);
    expect(png.readUInt32BE(20)).toBeGreaterThan(1500);
    expect(Buffer.from(renderPicture(report)).equals(png)).toBe(true);
  });

  it('draws from values, not from variables, and has marks for every figure', () => {
    const svg = renderOverview(report);
    expect(svg).not.toContain('var(--');
    expect(svg.match(/<svg/g)?.length).toBeGreaterThan(4);
    expect(svg.match(/<rect/g)?.length).toBeGreaterThan(10);
    expect(svg.match(/<path/g)?.length).toBeGreaterThan(3);
  });

  it('has a picture of a run without figures too', () => {
    const empty = buildReport(runOf({ tiers: replayOf() }), undefined);
    expect(renderPicture(empty).length).toBeGreaterThan(1000);
  });
});
