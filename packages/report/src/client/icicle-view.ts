import { drawnRows, ICICLE_CLASS } from '../figures/icicle.ts';
import { type IcicleFocus, WHOLE_FOREST } from '../figures/icicle-layout.ts';
import { formatCell } from '../quantities.ts';
import { type Row, rowsOf, type Table } from '../table.ts';
import type { FigureView } from './figure-view.ts';
import { makeSortable } from './sortable.ts';
import { tableElement } from './table-element.ts';

/** Matches that are laid out; all are counted. */
const MATCHES_SHOWN = 40;
/** Rows that stand there before anybody searched. */
const FIRST_SHOWN = 8;
const COLUMNS = [
  'prefix',
  'requests',
  'tokens',
  'saved_tokens',
  'bytes',
  'kept_pages',
  'reuse_median_seconds',
  'ttl_seconds',
] as const;

/** Search, hover and focus of an icicle. Everything that a pointer finds, the search finds with the keyboard. */
export function enableIcicle(view: FigureView): void {
  const { figure, place } = view;
  const rows = rowsOf(figure.table);
  const part = (name: string): HTMLElement | null => place.querySelector(`[data-${name}]`);
  const readout = part('readout');
  const focusOn = (focus: IcicleFocus): void => {
    view.choose({ focus });
    showPath(part('path'), rows, focus, focusOn);
    if (readout && focus.row >= 0) showReadout(readout, rows[focus.row]);
  };
  view.onDraw = () => listen(view, { readout, focusOn });
  view.onDraw();
  showPath(part('path'), rows, WHOLE_FOREST, focusOn);
  const search = place.querySelector<HTMLInputElement>('[data-search]');
  const find = (): void => showMatches(view, { rows, text: search?.value ?? '', focusOn });
  search?.addEventListener('input', find);
  find();
  const colour = place.querySelector<HTMLSelectElement>('[data-colour]');
  colour?.addEventListener('change', () => {
    view.choose({ colour: colour.value === 'reuse' ? 'reuse' : 'kept' });
  });
}

type FocusOn = (focus: IcicleFocus) => void;

/** The marks are in the order of the drawn rows. */
function listen(
  view: FigureView,
  { readout, focusOn }: { readonly readout: HTMLElement | null; readonly focusOn: FocusOn },
): void {
  const drawn = drawnRows(view.figure, view.frame());
  const marks = [...view.plot.querySelectorAll(`.${ICICLE_CLASS} rect, rect.${ICICLE_CLASS}`)];
  marks.forEach((mark, i) => {
    const { data, focus } = drawn[i];
    mark.addEventListener('pointerenter', () => {
      if (readout) showReadout(readout, data);
    });
    mark.addEventListener('click', () => {
      const now = view.frame().choice.focus ?? WHOLE_FOREST;
      const isSame = now.row === focus.row && now.skip === focus.skip;
      focusOn(isSame ? { row: Number(data.parent_row), skip: 0 } : focus);
    });
  });
}

function showReadout(readout: HTMLElement, row: Row): void {
  const name = document.createElement('bdi');
  name.textContent = String(row.prefix);
  const facts = [
    `${formatCell('count', row.requests)} requests × ${formatCell('count', Math.round(Number(row.tokens)))} tokens, from token ${formatCell('count', row.start_tokens)}`,
    `saves ${formatCell('count', row.saved_tokens)} tokens`,
    `${formatCell('count', row.kept_pages)} of ${formatCell('count', row.pages)} pages kept`,
    row.bytes === null ? '' : formatCell('bytes', row.bytes),
    row.reuse_median_seconds === null
      ? ''
      : `comes back after ${formatCell('seconds', row.reuse_median_seconds)} (90 %: ${formatCell('seconds', row.reuse_p90_seconds)})`,
    row.ttl_seconds === null ? '' : `time to live ${formatCell('seconds', row.ttl_seconds)}`,
    row.priority === null ? '' : `priority ${row.priority}`,
  ].filter((fact) => fact !== '');
  readout.hidden = false;
  readout.replaceChildren(name, `: ${facts.join(' · ')}`);
}

function showPath(
  place: HTMLElement | null,
  rows: readonly Row[],
  focus: IcicleFocus,
  focusOn: FocusOn,
): void {
  const path: IcicleFocus[] = focus.skip > 0 ? [focus] : [];
  for (let row = focus.row; row >= 0; row = Number(rows[row].parent_row)) {
    path.unshift({ row, skip: 0 });
  }
  path.unshift(WHOLE_FOREST);
  place?.replaceChildren(
    ...path.flatMap((step, i) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = stepName(step, rows);
      button.disabled = i === path.length - 1;
      button.addEventListener('click', () => focusOn(step));
      return i === 0 ? [button] : [' › ', button];
    }),
  );
}

function stepName({ row, skip }: IcicleFocus, rows: readonly Row[]): string {
  if (skip > 0) return `all but the ${formatCell('count', skip)} heaviest`;
  return row < 0 ? 'All prefixes' : String(rows[row].prefix);
}

function showMatches(
  view: FigureView,
  {
    rows,
    text,
    focusOn,
  }: { readonly rows: readonly Row[]; readonly text: string; readonly focusOn: FocusOn },
): void {
  const wanted = text.trim().toLowerCase();
  const cohorts = [...rows.keys()].filter((row) => rows[row].kind === 'cohort');
  const matches = cohorts.filter((row) => String(rows[row].prefix).toLowerCase().includes(wanted));
  const shown = matches.slice(0, wanted === '' ? FIRST_SHOWN : MATCHES_SHOWN);
  const found = view.place.querySelector('[data-found]');
  if (found) found.textContent = foundText(wanted, matches.length, shown.length, cohorts.length);
  const table = tableElement(matchTable(view, rows, shown), 'Prefixes that match');
  [...table.tBodies[0].rows].forEach((line, i) => {
    const cell = line.cells[0];
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'link';
    button.append(...cell.childNodes);
    button.addEventListener('click', () => focusOn({ row: shown[i], skip: 0 }));
    cell.replaceChildren(button);
  });
  makeSortable(table);
  view.place.querySelector('[data-matches]')?.replaceChildren(table);
}

function matchTable({ figure }: FigureView, rows: readonly Row[], shown: readonly number[]): Table {
  const columns = COLUMNS.flatMap((key) => figure.table.columns.filter((each) => each.key === key));
  return { columns, rows: shown.map((row) => columns.map(({ key }) => rows[row][key])) };
}

function foundText(wanted: string, matches: number, shown: number, cohorts: number): string {
  const count = (value: number): string => formatCell('count', value);
  if (wanted === '')
    return `The ${count(shown)} prefixes that save most, of ${count(cohorts)} on this page.`;
  if (matches === 0) {
    return `None of the ${count(cohorts)} prefixes on this page match; those that are summed are in wavespec.json.`;
  }
  return matches > shown
    ? `${count(matches)} prefixes match; the ${count(shown)} that save most are listed.`
    : `${count(matches)} of ${count(cohorts)} prefixes match.`;
}
