import { agent } from './agent.ts';
import { chat } from './chat.ts';
import { oneShot } from './one-shot.ts';
import { rag } from './rag.ts';
import type { Workload } from './workload.ts';

/** Every kind of traffic that the generator knows. */
export const WORKLOADS: readonly Workload[] = [chat, agent, rag, oneShot];

/** Their names, as a mix spells them. */
export const WORKLOAD_NAMES: readonly string[] = WORKLOADS.map(({ name }) => name);
