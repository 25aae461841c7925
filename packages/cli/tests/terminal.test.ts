import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDotPlot, renderLinePlot, renderTable } from '../src/index.ts';

const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;

describe('renderTable', () => {
  it('sets numbers to the right, words to the left, and nothing behind them', () => {
    const table = renderTable(
      [
        { heading: 'policy', align: 'left' },
        { heading: '1 %', align: 'right' },
      ],
      [
        ['lru', '4.5 %'],
        ['optimum', '10.5 %'],
      ],
    );
    expect(table.split('\n')).toEqual([
      'policy      1 %',
      '───────────────',
      'lru       4.5 %',
      'optimum  10.5 %',
    ]);
  });

  it('keeps a row a line and every cell', () => {
    const cell = fc.stringMatching(/^[a-z0-9]{1,9}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 9 }), (rows) => {
        const columns = [
          { heading: 'a', align: 'left' as const },
          { heading: 'b', align: 'right' as const },
        ];
        const lines = renderTable(columns, rows).split('\n');
        expect(lines.slice(2).map((line) => line.trim().split(/\s+/))).toEqual(rows);
      }),
    );
  });
});

describe('renderDotPlot', () => {
  it('puts each mark at its share of the width, and the limit behind them', () => {
    const plot = renderDotPlot(
      [
        { label: 'lru', values: [0.1, 0.2] },
        { label: 'all', values: [0.4, undefined] },
      ],
      { most: 0.4, limit: 0.4, width: 8, format: percent },
    );
    expect(plot.split('\n')).toEqual(['     0 %  40 %', 'lru  ··1·2   │', 'all  ········1']);
  });

  it('draws a scale of nothing', () => {
    const rows = [{ label: 'lru', values: [0] }];
    expect(renderDotPlot(rows, { most: 0, width: 4, format: percent })).toContain('lru  1');
  });
});

describe('renderLinePlot', () => {
  it('labels the ends of both scales and draws the limit', () => {
    const plot = renderLinePlot({
      title: 'hits',
      x: [1, 8, 64],
      y: [0, 0.2, 0.3],
      limit: 0.4,
      formatX: (x) => x.toFixed(0),
      formatY: percent,
    });
    expect(plot).toMatch(/^hits\n/);
    expect(plot).toMatch(/40 %┤╌/);
    expect(plot).toMatch(/ 0 %┤/);
    expect(plot).toMatch(/\n\s+1 .* 64$/);
  });
});
