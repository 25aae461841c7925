import { PLAN_BOUNDS, type PlanBounds } from '../plan/build-plan.ts';
import { type ScoreKeys, scoringPlanner } from './classical.ts';
import { scoreByDrift } from './ewma-drift.ts';
import { scoreByFrequency } from './frequency.ts';
import { scoreByLearning } from './learned.ts';
import { llmPlanner } from './llm/llm-planner.ts';
import type { ModelOptions } from './llm/model-options.ts';
import { scoreByMarkov } from './markov.ts';
import { scoreByNeighbours } from './neighbours.ts';
import { nonePlanner } from './none.ts';
import { oraclePlanner } from './oracle.ts';
import type { Future, Planner } from './planner.ts';
import { plannerError } from './planner-errors.ts';

export interface PlannerOptions {
  readonly bounds: PlanBounds;
  /** For the oracle alone. */
  readonly future?: Future;
  /** For the llm alone. */
  readonly model?: ModelOptions;
}

export const PLANNER_DEFAULTS: PlannerOptions = { bounds: PLAN_BOUNDS };

export interface PlannerSpec {
  readonly name: string;
  /** One line for a list of planners. */
  readonly summary: string;
  /** What its options must hold beside bounds. */
  readonly needs: 'nothing' | 'future' | 'model';
  /** A planner that has seen nothing yet. */
  create(options: PlannerOptions): Planner;
}

/** All planners, the simplest first. */
export const PLANNERS: readonly PlannerSpec[] = [
  {
    name: 'none',
    summary: 'asks for nothing',
    needs: 'nothing',
    create: ({ bounds }) => nonePlanner(bounds),
  },
  scoring('frequency', 'expects what the last window had', scoreByFrequency),
  scoring('markov', 'expects sessions to go on as sessions did', scoreByMarkov),
  scoring('ewma-drift', 'expects requests to rise and fall as they did', scoreByDrift),
  scoring('neighbours', 'expects what is like the hottest items', scoreByNeighbours),
  scoring('learned', 'expects what became of keys like these, by a regression', scoreByLearning),
  {
    name: 'llm',
    summary: 'asks a language model',
    needs: 'model',
    create: ({ bounds, model }) => {
      if (model === undefined) throw plannerError('planner.no-model', {});
      return llmPlanner(model, bounds);
    },
  },
  {
    name: 'oracle',
    summary: 'knows the next requests: the bound',
    needs: 'future',
    create: ({ bounds, future }) => {
      if (future === undefined) throw plannerError('planner.no-future', {});
      return oraclePlanner(future, bounds);
    },
  },
];

/**
 * A new planner by its name.
 *
 * @throws WavetuneError `planner.unknown`, `planner.no-future`, `planner.no-model`, `planner.bad-url`.
 */
export function createPlanner(name: string, options: PlannerOptions = PLANNER_DEFAULTS): Planner {
  const spec = PLANNERS.find((one) => one.name === name);
  if (spec === undefined) {
    throw plannerError('planner.unknown', { name, known: PLANNERS.map((one) => one.name) });
  }
  return spec.create(options);
}

function scoring(name: string, summary: string, score: () => ScoreKeys): PlannerSpec {
  return {
    name,
    summary,
    needs: 'nothing',
    create: ({ bounds }) => scoringPlanner(name, score(), bounds),
  };
}
