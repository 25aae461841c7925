export { cliError } from './cli-errors.ts';
export {
  type Command,
  defineCommand,
  type OptionsOf,
  type OptionTable,
  type Program,
  type Session,
} from './command.ts';
export { DOT_MARKS, type DotRow, type DotScale, renderDotPlot } from './dot-plot.ts';
export { EXIT_STATUS, exitStatusOf } from './exit-status.ts';
export { type LinePlot, renderLinePlot } from './line-plot.ts';
export { createProgressLine, type Progress, progressText, silentProgress } from './progress.ts';
export { failureText, runCommand, runProgram } from './run-command.ts';
export { renderTable, type TableColumn } from './table.ts';
