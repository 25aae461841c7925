import { formatCell } from '../quantities.ts';
import type { Report } from '../report.ts';
import type { NamedTable } from '../section.ts';
import { visibleText } from '../visible-text.ts';

/** Rows of a table that a comment has room for; how many are left out is said. */
const ROWS_SHOWN = 12;

/** Tables that a summary repeats, folded. */
const TABLES: ReadonlySet<string> = new Set(['judgement', 'hit-ratios', 'tiers', 'kernel-totals']);

/** The verdict, what it is worth and the findings, for pull requests and chat. The same report gives the same bytes. */
export function renderMarkdown(report: Report): string {
  const { title, subject, headline, warnings } = report;
  const parts = [
    `## ${plain(headline.title)}`,
    plain(headline.reason),
    warnings.map((text) => `> **Read with care.** ${plain(text)}`).join('\n>\n'),
    figureTable(report),
    verdictTable(report),
    findings(report),
    ...report.sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) =>
        block.kind === 'table' && TABLES.has(block.table.id) ? [foldedTable(block.table)] : [],
      ),
    ),
    `<sub>${plain(title)} · ${plain(subject)}</sub>`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function figureTable({ headline: { figures, previous } }: Report): string {
  if (figures.length === 0) return '';
  const since = previous === null ? [] : [`since ${previous}`];
  return markdownTable(
    ['', 'this run', ...since, ''],
    figures.map(({ label, value, change, detail }) => [
      label,
      value,
      ...(previous === null ? [] : [change ?? '–']),
      detail,
    ]),
  );
}

function verdictTable({ verdicts }: Report): string {
  if (verdicts.length === 0) return '';
  return markdownTable(
    ['target', 'verdict', 'gain', 'why'],
    verdicts.map(({ target, verdict, gain, reason }) => [target, verdict, gain ?? '–', reason]),
  );
}

function findings({ sections }: Report): string {
  return sections
    .map(
      ({ title, lead, absent }) => `- **${title}**${absent ? ' (left out)' : ''}: ${plain(lead)}`,
    )
    .join('\n');
}

function foldedTable({ title, columns, rows }: NamedTable): string {
  const shown = rows.slice(0, ROWS_SHOWN);
  const rest = rows.length - shown.length;
  const table = markdownTable(
    columns.map(({ label }) => label),
    shown.map((row) => row.map((cell, i) => formatCell(columns[i].quantity, cell))),
  );
  const more = rest === 0 ? '' : `\n\n${rest} more rows are on the page.`;
  return `<details><summary>${plain(title)}</summary>\n\n${table}${more}\n\n</details>`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- ').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Text that means nothing to Markdown or HTML, stays on its line, and calls nobody by name. */
function plain(text: string): string {
  return visibleText(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]#|~!]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/@/g, '@\u2060');
}
