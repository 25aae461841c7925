// Near search and registration: times, memory, recall, and the table by changed tokens; one thread.
// A query's time is by the clock, the median; registration's is processor time.
//
//   node benchmarks/context-registry/run.ts [blocks, a million unless told] [contexts, 10,000 unless told]
import { benchNear } from './near.ts';
import { benchRegister } from './register.ts';

benchNear(Number(process.argv[2] ?? 1_000_000));
benchRegister(Number(process.argv[3] ?? 10_000));
