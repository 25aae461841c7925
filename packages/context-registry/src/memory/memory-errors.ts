import { defineErrors, formatSize } from '@wavetune/core';

export const memoryError = defineErrors({
  'memory.too-large': (d: {
    readonly label: string;
    readonly contexts: number;
    readonly sizeBytes: number;
    readonly budgetBytes: number;
  }) =>
    `${d.contexts === 1 ? 'the context' : `the ${d.contexts} contexts from`} ${d.label} would take ${formatSize(d.sizeBytes)} of KV memory; the whole budget is ${formatSize(d.budgetBytes)}`,
  'memory.emergency': (d: { readonly label: string; readonly pressure: number }) =>
    `${d.label} was refused: memory pressure is ${d.pressure.toFixed(3)}, and in an emergency nothing new is taken; try again when it has fallen`,
  'memory.bad-budget': (d: { readonly reason: string }) => `no usable budget: ${d.reason}`,
  'memory.bad-thresholds': (d: { readonly found: readonly number[] }) =>
    `found the thresholds ${d.found.join(', ')}; accepted are four ascending numbers between 0 and 1, further apart and further from 0 than the hysteresis`,
  'memory.bad-workflow': (d: { readonly reason: string }) =>
    `the agent graph is refused: ${d.reason}`,
  'memory.no-pressure': (d: { readonly source: string; readonly reason: string }) =>
    `${d.source} gives no memory pressure: ${d.reason}`,
  'memory.damaged-file': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} does not hold the context that was offloaded: ${d.reason}; register the context again`,
});
