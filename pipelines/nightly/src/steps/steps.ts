import type { Night } from '../run/night.ts';
import type { Step } from '../run/step.ts';
import { replayStep, tiersSteps, tuneStep, wavespecStep } from './documents.ts';
import { figuresStep, gatesStep } from './figures.ts';
import { indexSteps } from './index-hints.ts';
import { reportStep } from './report.ts';
import { settleStep } from './settle.ts';
import { mergeStep, summariseStep } from './statistics.ts';

/** Every step of a night; the order among independent ones is that in which they begin. */
export function stepsOf(night: Night): readonly Step[] {
  return [
    tuneStep(night),
    summariseStep(night),
    replayStep(night),
    ...indexSteps(night),
    wavespecStep(night),
    ...tiersSteps(night),
    mergeStep(night),
    settleStep(night),
    figuresStep(night),
    gatesStep(night),
    reportStep(night),
  ];
}
