import { hashLikePandas } from '@wavetune/trace';
import { describe, expect, it } from 'vitest';
import { readKeyRows } from '../src/index.ts';
import { useScratch } from './scratch.ts';
import { sharedData } from './shared-data.ts';

const { write, engine } = useScratch();
const rowsOf = (name: string, content: string) =>
  readKeyRows({ files: [write(name, content)], engine: engine() });

describe('readKeyRows', () => {
  it('infers integers, floats and text as pandas does', async () => {
    expect((await rowsOf('i.csv', 'key\n1\n-9223372036854775808\n')).key.type).toBe('integer');
    expect((await rowsOf('f.csv', 'key\n1\n2.5\n')).key.type).toBe('float');
    expect((await rowsOf('g.csv', 'key,size\n1,1\n,2\n')).key.type).toBe('float');
    expect((await rowsOf('t.csv', 'key\n1\nx\n')).key.type).toBe('text');
  });

  it('keeps rows that a trace would quarantine', async () => {
    const rows = await rowsOf('s.csv', 'key,size\na,-1\n,2\nb,\n');
    expect(rows.key).toEqual({ type: 'text', values: ['a', null, 'b'] });
    expect([...rows.sizes!]).toEqual([-1, 2, Number.NaN]);
    expect([rows.keyName, rows.sizeName]).toEqual(['key', 'size']);
  });

  const sample = sharedData('golden/datajax/sample_logs.csv');
  it.skipIf(sample.isMissing)('hands the sample log’s keys to the pandas hash', async () => {
    const { key, sizes } = await readKeyRows({ files: [sample.path], engine: engine() });
    const out = new Uint32Array(8);
    hashLikePandas(key, out);
    expect(new Set(new BigUint64Array(out.buffer)).size).toBe(3);
    expect([...sizes!]).toEqual([128, 64, 16, 32]);
  });
});
