import type { Figure } from '../figure.ts';
import { drawFigure } from '../figures/draw-figure.ts';
import type { FigureChoice, Frame } from '../figures/frame.ts';

/** A figure on the page: drawn again when its width or its reader's choice changes. */
export interface FigureView {
  readonly figure: Figure;
  readonly place: HTMLElement;
  readonly plot: HTMLElement;
  /** As it was drawn last. */
  frame(): Frame;
  choose(choice: FigureChoice): void;
  /** Called after each drawing. */
  onDraw: (() => void) | undefined;
}

/** Draws a figure into its place and keeps it as wide as that is. */
export function createFigureView(figure: Figure, place: HTMLElement): FigureView {
  const plot = place.querySelector<HTMLElement>('[data-plot]');
  if (plot === null) throw new Error(`no place for ${figure.id}`);
  let frame: Frame = { document, width: widthOf(plot), interactive: true, choice: {} };
  const draw = (): void => {
    const drawing = drawFigure(figure, frame);
    // The place has a name and the rows are at hand as a table; the parts of the drawing say nothing more.
    drawing.setAttribute('aria-hidden', 'true');
    plot.replaceChildren(drawing);
    view.onDraw?.();
  };
  const view: FigureView = {
    figure,
    place,
    plot,
    frame: () => frame,
    onDraw: undefined,
    choose(choice) {
      frame = { ...frame, choice: { ...frame.choice, ...choice } };
      draw();
    },
  };
  draw();
  new ResizeObserver(() => {
    const width = widthOf(plot);
    if (width === frame.width || width === 0) return;
    frame = { ...frame, width };
    draw();
  }).observe(plot);
  const select = place.querySelector<HTMLSelectElement>('[data-policy]');
  select?.addEventListener('change', () => view.choose({ policy: select.value }));
  return view;
}

function widthOf(plot: HTMLElement): number {
  return Math.floor(plot.clientWidth);
}
