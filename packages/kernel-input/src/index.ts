export {
  loadCalibration,
  loadMeasurements,
  loadPairs,
  loadSweepPairs,
  type PairsOnDevices,
} from './load.ts';
export { readText } from './read-text.ts';
