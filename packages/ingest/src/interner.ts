export { createInterner, type InternedBlocks, type Interner } from '@wavetune/interning';
