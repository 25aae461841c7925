import type { PolicySpec } from './policy.ts';
import { createRadixPolicy } from './radix-nodes.ts';

const source =
  'Zheng et al., "SGLang: efficient execution of structured language model programs", 2024';

/** Uses from which SGLang's slru protects a node. */
const PROTECTED_USES = 2;

/** SGLang's default: the node used longest ago. */
export const sglangLru: PolicySpec = {
  name: 'sglang-lru',
  source,
  parameters: [],
  touch: 'first-to-last',
  create: (setting) => createRadixPolicy(setting, () => 0),
};

/** SGLang's lfu: the node with fewest uses, then the one used longest ago. */
export const sglangLfu: PolicySpec = {
  name: 'sglang-lfu',
  source,
  parameters: [],
  touch: 'first-to-last',
  create: (setting) => createRadixPolicy(setting, (uses) => Math.min(uses, 2 ** 20)),
};

/** SGLang's slru: nodes used once before nodes used twice or more, then the one used longest ago. */
export const sglangSlru: PolicySpec = {
  name: 'sglang-slru',
  source,
  parameters: [],
  touch: 'first-to-last',
  create: (setting) => createRadixPolicy(setting, (uses) => (uses >= PROTECTED_USES ? 1 : 0)),
};

/** SGLang's priority: the lowest priority (`inputs.priorities`, 0 where left out), then the one used longest ago. */
export const sglangPriority: PolicySpec = {
  name: 'sglang-priority',
  source,
  parameters: [],
  touch: 'first-to-last',
  create: (setting) => createRadixPolicy(setting, (_, priority) => priority),
};
