export type { CachePlan, PrefetchEntry } from '@wavetune/documents';
