import { describe, expect, it } from 'vitest';
import { comparison } from '../../documents/tests/sample-comparison.ts';
import { buildReport, type RunDocuments, renderMarkdown, renderPage } from '../src/index.ts';
import { cohortOf, HOSTILE, policiesOf, replayOf, runOf, wavespecOf } from './fixtures.ts';

const full = (): RunDocuments =>
  runOf({
    wavespec: wavespecOf([cohortOf('a', { count: 9 }), cohortOf('b', { parent: 'a', depth: 2 })]),
    replay: replayOf(['blue', 'green']),
    ttlCurve: { ...replayOf(), ttlCurve: { ttlSeconds: [0, 1, 60], hitTokens: [100, 300, 600] } },
    policies: policiesOf('use', ['a']),
  });

const sectionOf = (run: RunDocuments, id: string) =>
  buildReport(run, undefined).sections.find((section) => section.id === id);

describe('buildReport', () => {
  it('says the verdict first: what to use, and its gain on requests the tuning never saw', () => {
    const { headline } = buildReport(full(), undefined);
    expect(headline.title).toBe(
      'Use s3-fifo: +3.10 points of hit ratio on requests the tuning never saw',
    );
    expect(headline.figures.map(({ value }) => value)).toEqual([
      '23.10 %',
      '231',
      '23.1 s',
      '226 KiB',
    ]);
  });

  it('says whether a planner over a live cache pays, where that was compared', () => {
    expect(sectionOf(full(), 'comparison')).toBeUndefined();
    const run = runOf({ comparison });
    expect(sectionOf(run, 'comparison')).toMatchObject({
      lead: 'Use frequency: it answers more.',
      blocks: [
        {
          figure: {
            table: {
              rows: [
                ['TTL rule alone', 'default', 0.5],
                ['frequency', 'ours', 0.5],
                ['plain s3-fifo', 'other', 0.5],
              ],
            },
          },
        },
        { table: { id: 'comparison-planners' } },
        { table: { id: 'comparison-policies' } },
        { kind: 'note' },
      ],
    });
    expect(renderPage(buildReport(run, undefined))).toContain('A planner over the live cache');
    expect(renderMarkdown(buildReport(run, undefined))).toBeTruthy();
  });

  it('calls a gain of less than twice its error weak evidence', () => {
    const policies = policiesOf('use');
    const cache = policies.cache && {
      ...policies.cache,
      gain: { hit_ratio: 0.031, standard_error: 0.02 },
    };
    const { headline } = buildReport(runOf({ policies: { ...policies, cache } }), undefined);
    expect(headline.reason).toContain('weak evidence');
    expect(buildReport(full(), undefined).headline.reason).not.toContain('weak evidence');
  });

  it('says to keep the default, and why', () => {
    const { headline } = buildReport(runOf({ policies: policiesOf('keep default') }), undefined);
    expect(headline.title).toBe('Keep lru, the default');
    expect(headline.reason).toBe('Because nothing else was better than lru when choosing.');
  });

  it('says what was put off, since what stays in use has the figures of an earlier run', () => {
    const manifest = { put_off: ['The cache policy stays s3-fifo.'] };
    const run = runOf({ policies: policiesOf('use'), manifest });
    expect(buildReport(run, undefined).headline.reason).toContain(
      'The cache policy stays s3-fifo.',
    );
    expect(sectionOf(run, 'verdicts')?.blocks[0]).toMatchObject({
      kind: 'note',
      text: 'The cache policy stays s3-fifo.',
    });
  });

  it('sets the figures against the previous run', () => {
    const before = runOf({ name: '2026-11-20', policies: policiesOf('keep default') });
    const { headline } = buildReport(full(), before);
    expect(headline.previous).toBe('2026-11-20');
    expect(headline.figures.map(({ change }) => change)).toEqual([
      '+3.10 points',
      '+31',
      '+3.1 s',
      null,
    ]);
  });

  it('leaves out what a missing document would show, with the reason and where it comes from', () => {
    const { sections } = buildReport(runOf({ tiers: replayOf() }), undefined);
    const absent = sections.filter((section) => section.absent);
    expect(absent.map(({ id }) => id)).toEqual([
      'verdicts',
      'hit-ratio',
      'misses',
      'prefixes',
      'reuse',
      'layout',
      'tiers',
      'tenants',
      'kernels',
      'apply',
    ]);
    for (const { lead } of absent)
      expect(lead).toMatch(/(wavespec|cache-replay|tiers|policies)\.json/);
  });

  it('leaves nothing out that the documents have', () => {
    const ids = [
      'verdicts',
      'hit-ratio',
      'misses',
      'prefixes',
      'reuse',
      'layout',
      'tenants',
      'quality',
      'apply',
    ];
    for (const id of ids) expect(sectionOf(full(), id)).toMatchObject({ id, absent: false });
  });

  it('warns where documents are of different traces or models', () => {
    const wavespec = wavespecOf([cohortOf('a')]);
    const other = { ...wavespec, meta: { ...wavespec.meta, requests: 99, model: 'other' } };
    const { warnings } = buildReport({ ...full(), wavespec: other }, undefined);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(
      /disagree on requests: wavespec.json says 99, cache-replay.json says 12/,
    );
    expect(warnings[1]).toMatch(
      /disagree on model: wavespec.json says other, policies.json says llama/,
    );
  });

  it('shows what the job says: notes, and a gate that failed', () => {
    const gates = [{ name: 'rows', passed: false, reason: 'half of them are missing' }];
    const run = { ...full(), manifest: { notes: ['a late partition'], gates } };
    expect(buildReport(run, undefined).warnings[0]).toBe(
      'Gate rows failed: half of them are missing',
    );
    expect(JSON.stringify(sectionOf(run, 'quality'))).toContain('a late partition');
  });

  it('names 300 tenants and sums the others', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `tenant ${i}`);
    const section = sectionOf(runOf({ replay: replayOf(names) }), 'tenants');
    const table = section?.blocks.flatMap((block) =>
      block.kind === 'table' ? [block.table] : [],
    )[0];
    expect(table?.rows).toHaveLength(301);
    const total = table?.rows.reduce((sum, row) => sum + Number(row[2]), 0);
    expect(total).toBe(1000 * 1000 + (999 * 1000) / 2);
    expect(table?.rows.at(-1)?.[0]).toBe('700 others together');
  });
});

describe('renderPage, renderMarkdown', () => {
  it('give the same bytes for the same documents', () => {
    expect(renderPage(buildReport(full(), full()))).toBe(renderPage(buildReport(full(), full())));
    expect(renderMarkdown(buildReport(full(), undefined))).toBe(
      renderMarkdown(buildReport(full(), undefined)),
    );
  });

  it('refer to nothing outside the page', () => {
    const page = renderPage(buildReport(full(), undefined));
    const markup = page.slice(0, page.lastIndexOf('<script>'));
    expect(markup).not.toMatch(/(src|href)="(?!#)/);
    expect(markup).not.toMatch(/@import|url\(/);
    expect(page.match(/<script/g)).toHaveLength(2);
  });

  it('end no block and start no element for hostile ids', () => {
    const run = runOf({
      name: HOSTILE[0],
      wavespec: wavespecOf(HOSTILE.map((id) => cohortOf(id))),
      replay: replayOf(HOSTILE),
      policies: policiesOf('use', HOSTILE),
    });
    const page = renderPage(buildReport(run, run));
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toContain('<img');
    const markdown = renderMarkdown(buildReport(run, run));
    expect(markdown).not.toMatch(/<(script|img)|<!--/);
  });

  it('stay under 3 MB for 100,000 cohorts and 10,000 tenants of the longest names', () => {
    const names = Array.from(
      { length: 100_000 },
      (_, i) => `${'<漢'.repeat(200)}${i}${'&字'.repeat(200)}`,
    );
    const cohorts = names.map((name, i) =>
      cohortOf(name, {
        parent: i < 10 ? null : names[Math.floor(i / 10)],
        depth: i < 10 ? 1 : 9,
        count: 100_002 - i,
      }),
    );
    const run = runOf({ wavespec: wavespecOf(cohorts), replay: replayOf(names.slice(0, 10_000)) });
    const page = renderPage(buildReport(run, undefined));
    expect(Buffer.byteLength(page)).toBeLessThan(3_000_000);
    expect(Buffer.byteLength(page)).toBeGreaterThan(1_000_000);
  });
});
