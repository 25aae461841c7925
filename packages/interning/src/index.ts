export { grownFloat64, grownUint32 } from './growable.ts';
export { createInterner, type InternedBlocks, type Interner } from './interner.ts';
