import type { OptionsOf, OptionTable } from '@wavetune/cli';

/** The command line of `report`. */
export const OPTIONS = {
  run: {
    type: 'string',
    demandOption: true,
    describe:
      'The folder with the documents of a run: wavespec.json, cache-replay.json, policies.json, …',
  },
  previous: {
    type: 'string',
    describe:
      'The run to compare with, or none; untold, the latest folder beside this one whose name is an earlier day',
  },
  out: {
    type: 'string',
    describe:
      'Where to write the page; - is standard output; untold, report.html in the run folder',
  },
  png: { type: 'string', describe: 'Also write an overview of the figures here, as a picture' },
  markdown: {
    type: 'string',
    describe: 'Also write a summary for pull requests and chat here; - is standard output',
  },
  open: { type: 'boolean', default: false, describe: 'Open the page in a browser' },
} as const satisfies OptionTable;

export type RawOptions = OptionsOf<typeof OPTIONS>;

/** What is wrong between options, or nothing. */
export function faultOf({ out, markdown, open, png }: RawOptions): string | undefined {
  if (out === '-' && markdown === '-') {
    return '--out - and --markdown - both want standard output; give one';
  }
  if (out === '-' && open) return '--open needs a file; --out - writes none';
  return png === '-' ? '--png writes a file; - is for text' : undefined;
}
