import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import type { Report } from '../report.ts';
import { renderOverview } from './overview.ts';

const FONTS = [
  import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
].map((url) => fileURLToPath(url));

/** An overview of the figures as PNG, at twice its size in CSS pixels. Fonts come with the project, so bytes do not depend on the machine. */
export function renderPicture(report: Report): Uint8Array {
  const drawing = new Resvg(renderOverview(report), {
    font: { fontFiles: FONTS, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
    fitTo: { mode: 'zoom', value: 2 },
  });
  return drawing.render().asPng();
}
