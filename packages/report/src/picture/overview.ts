/// <reference lib="dom" />
import { parseHTML } from 'linkedom';
import type { Figure } from '../figure.ts';
import { drawFigure } from '../figures/draw-figure.ts';
import { themeTokens } from '../page/style.ts';
import type { Report } from '../report.ts';
import { visibleText } from '../visible-text.ts';

const WIDTH = 1200;
const MARGIN = 40;
const GAP = 32;
const COLUMN = (WIDTH - 2 * MARGIN - GAP) / 2;
/** The widest goes first and alone; of the others as many as are there, two abreast. */
const WIDE = ['hit-ratio-by-capacity'];
const NARROW = [
  'token-losses',
  'hit-ratio-by-ttl',
  'prefix-icicle',
  'reuse-intervals',
  'extents-per-request',
  'tokens-by-tier',
  'gains',
  'gain-by-m',
];
const SVG = 'http://www.w3.org/2000/svg';

/** The headline and the figures that say most, as one SVG without variables, style sheets or scripts. */
export function renderOverview(report: Report): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const sheet = createSheet(document);
  drawHead(sheet, report);
  const figures = report.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'figure' ? [block.figure] : [])),
  );
  const named = (ids: readonly string[]): readonly Figure[] =>
    ids.flatMap((id) => figures.filter((figure) => figure.id === id));
  for (const figure of named(WIDE)) {
    sheet.down += drawAt(sheet, figure, { x: MARGIN, width: WIDTH - 2 * MARGIN }) + GAP;
  }
  const pairs = named(NARROW);
  for (let i = 0; i < pairs.length; i += 2) {
    const heights = pairs
      .slice(i, i + 2)
      .map((figure, at) =>
        drawAt(sheet, figure, { x: MARGIN + at * (COLUMN + GAP), width: COLUMN }),
      );
    sheet.down += Math.max(...heights) + GAP;
  }
  return finished(sheet);
}

/** Where the next thing is drawn. */
interface Sheet {
  readonly document: Document;
  readonly root: Element;
  down: number;
}

function createSheet(document: Document): Sheet {
  return { document, root: document.createElementNS(SVG, 'svg'), down: MARGIN };
}

function drawHead(sheet: Sheet, { title, subject, headline }: Report): void {
  drawText(sheet, `${title} · ${subject}`, { size: 15, ink: 'ink-soft', advance: 30 });
  for (const line of linesOf(headline.title, 50)) {
    drawText(sheet, line, { size: 34, ink: 'ink', bold: true, advance: 42 });
  }
  for (const line of linesOf(headline.reason, 125)) {
    drawText(sheet, line, { size: 16, ink: 'ink-soft', advance: 24 });
  }
  const down = sheet.down + 16;
  headline.figures.forEach(({ label, value }, i) => {
    const x = MARGIN + (i * (WIDTH - 2 * MARGIN)) / headline.figures.length;
    sheet.down = down;
    drawText(sheet, label, { size: 13, ink: 'ink-soft', advance: 30, x });
    drawText(sheet, value, { size: 27, ink: 'ink', bold: true, advance: 44, x });
  });
  sheet.down += 8;
}

/** @returns The height that the figure and its title take. */
function drawAt(
  { document, root, down }: Sheet,
  figure: Figure,
  { x, width }: { readonly x: number; readonly width: number },
): number {
  const at: Sheet = { document, root, down };
  for (const line of linesOf(figure.title, Math.floor(width / 8))) {
    drawText(at, line, { size: 14, ink: 'ink', bold: true, advance: 20, x });
  }
  at.down += legendOf(at, figure, x);
  const drawn = drawFigure(figure, { document, width, interactive: false, choice: {} });
  const svg = drawn.localName === 'svg' ? drawn : drawn.querySelector('svg');
  if (svg === null) throw new Error(`${figure.id} drew nothing`);
  for (const style of svg.querySelectorAll('style')) style.remove();
  svg.setAttribute('x', String(x));
  svg.setAttribute('y', String(at.down));
  root.append(svg);
  return at.down - down + Number(svg.getAttribute('height'));
}

/** @returns The height of the legend; parts of a stack are told apart by it alone. */
function legendOf(sheet: Sheet, { options }: Figure, x: number): number {
  let right = x;
  for (const [label, hue] of options.parts ?? []) {
    const swatch = sheet.document.createElementNS(SVG, 'rect');
    const box = { x: right, y: sheet.down, width: 11, height: 11, fill: `var(--hue-${hue})` };
    for (const [name, value] of Object.entries(box)) swatch.setAttribute(name, String(value));
    sheet.root.append(swatch);
    drawText({ ...sheet }, label, { size: 12, ink: 'ink', advance: 0, x: right + 17, lift: 6 });
    right += 40 + label.length * 7.5;
  }
  return right === x ? 0 : 22;
}

function drawText(
  sheet: Sheet,
  text: string,
  style: {
    readonly size: number;
    readonly ink: string;
    readonly advance: number;
    readonly bold?: boolean;
    readonly x?: number;
    readonly lift?: number;
  },
): void {
  const element = sheet.document.createElementNS(SVG, 'text');
  element.setAttribute('x', String(style.x ?? MARGIN));
  element.setAttribute('y', String(sheet.down + style.size - (style.lift ?? 0) / 3));
  element.setAttribute('font-size', String(style.size));
  element.setAttribute('fill', `var(--${style.ink})`);
  if (style.bold) element.setAttribute('font-weight', '700');
  element.textContent = visibleText(text);
  sheet.root.append(element);
  sheet.down += style.advance;
}

/** Words in lines of at most `most` characters. */
function linesOf(text: string, most: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of visibleText(text).split(' ')) {
    const last = lines[lines.length - 1];
    if (last === '' || last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`.trim();
    else lines.push(word);
  }
  return lines;
}

function finished({ root, down }: Sheet): string {
  const height = Math.ceil(down + MARGIN - GAP);
  const attributes = {
    xmlns: SVG,
    width: WIDTH,
    height,
    viewBox: `0 0 ${WIDTH} ${height}`,
    'font-family': 'DejaVu Sans',
    style: 'background: var(--paper)',
  };
  for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, String(value));
  const tokens = themeTokens('light');
  return root.outerHTML
    .replace(/var\(--([a-z-]+)\)/g, (found, name: string) => tokens.get(name) ?? found)
    .replace(/font-family: ?(inherit|system-ui[^;"]*)/g, 'font-family: DejaVu Sans');
}
