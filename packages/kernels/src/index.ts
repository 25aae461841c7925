export { evaluatePairs, preparePairs } from './evaluate-pairs.ts';
export { fitCalibrationTask } from './fit-calibration.ts';
export { parsePairs } from './pairs.ts';
