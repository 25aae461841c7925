/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { PlotOptions } from '@observablehq/plot';
import type { Hue } from '../figure.ts';
import type { IcicleFocus } from './icicle-layout.ts';

/** Where a figure is drawn, and what its reader chose. */
export interface Frame {
  readonly document: Document;
  /** CSS pixels. */
  readonly width: number;
  /** With tips under the pointer; a picture has none. */
  readonly interactive: boolean;
  readonly choice: FigureChoice;
}

/** What a reader can choose in some figures. */
export interface FigureChoice {
  /** A policy to set off in `policy-curves`. */
  readonly policy?: string;
  /** What fills an icicle; all of it where undefined. */
  readonly focus?: IcicleFocus | undefined;
  /** What an icicle's colour says. */
  readonly colour?: 'kept' | 'reuse';
}

/** Below this a figure has no room beside its marks. */
export const NARROW_PIXELS = 560;

/** Keeps a label readable over lines. */
export const HALO = { fill: 'currentColor', stroke: 'var(--paper)', strokeWidth: 4 } as const;

/** A hue of the page's style sheet. */
export function hue(name: Hue): string {
  return `var(--hue-${name})`;
}

/** What all figures share: the page's type and ink, room for axes. */
export function baseOptions(frame: Frame): PlotOptions {
  return {
    document: frame.document,
    width: frame.width,
    style: {
      background: 'transparent',
      color: 'var(--ink)',
      fontFamily: 'inherit',
      fontSize: '12px',
      overflow: 'visible',
    },
  };
}

/** Characters that have room in so many pixels at the figures' type size. */
export function charactersIn(pixels: number): number {
  return Math.max(0, Math.floor(pixels / 6.6));
}

/** At most `most` characters, the last an ellipsis where some are left out. */
export function clipped(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  return most < 2 ? '' : `${characters.slice(0, most - 1).join('')}…`;
}
