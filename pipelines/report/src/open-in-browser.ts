import { spawn } from 'node:child_process';
import type { Session } from '@wavetune/cli';

const OPENERS: Readonly<Record<string, string>> = { darwin: 'open', win32: 'explorer' };

/** Hands the page to whatever opens pages here; where nothing does, says so. The page is written either way. */
export function openInBrowser(path: string, session: Session): Promise<void> {
  const opener = OPENERS[process.platform] ?? 'xdg-open';
  return new Promise((done) => {
    const child = spawn(opener, [path], { detached: true, stdio: 'ignore' });
    child.on('error', (error) => {
      session.note(`cannot open a browser (${error.message}); open ${path} yourself`);
      done();
    });
    child.on('spawn', () => {
      child.unref();
      done();
    });
  });
}
