import { memoryError } from './memory-errors.ts';

/** Agents and who runs after whom, as the caller knows it. */
export interface Workflow {
  /** `[before, after]`, names of agents. */
  readonly steps: readonly (readonly [string, string])[];
}

/** Knows how soon an agent's contexts will be needed. */
export interface WorkflowWatch {
  /** An agent runs now: what comes after it comes nearer. One that the graph does not know changes nothing. */
  readonly onRun: (agent: string) => void;
  /** Steps until the agent runs, 0 for one that runs now; undefined where nothing that ran leads to it. */
  readonly stepsUntil: (agent: string) => number | undefined;
}

/** Chosen: pipelines of agents are short; further ahead, branches make the guess worthless. */
const MOST_STEPS = 8;

/**
 * Watches runs along an agent graph, which may have cycles (a reviewer that sends work back).
 *
 * Only what follows the run that came last counts, breadth first; several agents may run at once: the distance is that of
 * the nearest of the last `width` runs, `width` being the number of agents that start the graph (one at least).
 *
 * @throws WavetuneError `memory.bad-workflow` for an empty name or a step from an agent to itself.
 */
export function createWorkflowWatch({ steps }: Workflow): WorkflowWatch {
  const after = followersOf(steps);
  const followed = new Set(steps.map(([, follower]) => follower));
  const isKnown = (agent: string): boolean => after.has(agent) || followed.has(agent);
  const width = Math.max(1, [...after.keys()].filter((agent) => !followed.has(agent)).length);
  const running: string[] = [];
  let distances = new Map<string, number>();
  return {
    onRun: (agent) => {
      if (!isKnown(agent) || running.at(-1) === agent) return;
      const at = running.indexOf(agent);
      if (at !== -1) running.splice(at, 1);
      running.push(agent);
      if (running.length > width) running.shift();
      distances = distancesFrom(running, after);
    },
    stepsUntil: (agent) => distances.get(agent),
  };
}

function followersOf(steps: Workflow['steps']): ReadonlyMap<string, ReadonlySet<string>> {
  const after = new Map<string, Set<string>>();
  for (const [before, follower] of steps) {
    if (before === '' || follower === '') {
      throw memoryError('memory.bad-workflow', { reason: 'an agent has an empty name' });
    }
    if (before === follower) {
      throw memoryError('memory.bad-workflow', { reason: `${before} follows itself` });
    }
    const followers = after.get(before);
    if (followers === undefined) after.set(before, new Set([follower]));
    else followers.add(follower);
  }
  return after;
}

function distancesFrom(
  running: readonly string[],
  after: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, number> {
  const distances = new Map<string, number>(running.map((agent) => [agent, 0]));
  let front: readonly string[] = running;
  for (let distance = 1; distance <= MOST_STEPS && front.length > 0; distance++) {
    const next = new Set(front.flatMap((agent) => [...(after.get(agent) ?? [])]));
    front = [...next].filter((agent) => !distances.has(agent));
    for (const agent of front) distances.set(agent, distance);
  }
  return distances;
}
