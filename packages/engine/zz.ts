import { openEngine } from './src/index.ts';
import * as ir from '@wavetune/ir';
import { estimatePlan, overlayMeasured, observationsOf } from '@wavetune/metrics';
const engine = await openEngine({ threads: 2, memoryLimitBytes: 2**31 });
const s = ir.scan({ format: 'parquet', files: ['/tmp/p2/a.parquet'], columns: ir.fieldsOf({ a: ir.I64, k: ir.I64, v: ir.F64, t: ir.TEXT }) });
const dim = ir.project(ir.limit(ir.scan({ format: 'parquet', files: ['/tmp/p2/a.parquet'], columns: ir.fieldsOf({ a: ir.I64, k: ir.I64, v: ir.F64, t: ir.TEXT }) }), 500), {kk: ir.col('a'), tt: ir.col('t')});
const p = ir.sort(ir.aggregate(ir.join('inner', ir.repartition(ir.filter(ir.extend(s, {w: ir.call('mul', ir.col('v'), ir.col('v'))}), ir.call('gt', ir.col('k'), ir.lit(100n))), [ir.col('k')], 4), dim, [[ir.col('k'), ir.col('kk')]]), {t: ir.call('substring', ir.col('t'), ir.lit(1n), ir.lit(4n))}, {n: {fn:'count'}, w: {fn:'sum', args:[ir.col('w')]}}), ir.asc(ir.col('t')));
let t = performance.now(); const tables = await engine.statistics(p); console.log('statistics', performance.now()-t, tables((s as any).source));
for (let i=0;i<3;i++){ t=performance.now(); await engine.explain(p,{run:true}); console.log('plain', performance.now()-t); }
for (let i=0;i<2;i++){ t = performance.now(); await engine.measure(p); console.log('measure', performance.now()-t);}
const m = await engine.measure(p);
const o = overlayMeasured(estimatePlan(p, { tables, worldSize: 4 }), m);
for (const n of o.nodes) console.log(n.path, n.kind, n.rows.value, n.rows.estimated, n.bytes.value, n.qError, n.seconds, n.moves, n.shuffleBytes.value);
const q = overlayMeasured(estimatePlan(p, { tables, worldSize: 4, learned: observationsOf(p, m) }), m);
console.log(q.nodes.map(n=>n.qError));
t=performance.now(); for (let i=0;i<100;i++) estimatePlan(p, { tables, worldSize: 4, learned: observationsOf(p, m) }); console.log('estimate ms', (performance.now()-t)/100);
await engine.close();
