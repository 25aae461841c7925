import { beginEarly } from './early-scan.ts';

beginEarly(process.argv.slice(2));
const { runPrefixIndexer } = await import('./program.ts');
await runPrefixIndexer();
