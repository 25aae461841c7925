export { renderMarkdown } from './markdown/markdown.ts';
export { CLIENT_BUNDLE, renderPage } from './page/page.ts';
export { renderPicture } from './picture/picture.ts';
export { buildReport, type Report } from './report.ts';
export { readRun } from './run/read-run.ts';
export { RUN_FILES, type RunDocuments } from './run/run-documents.ts';
