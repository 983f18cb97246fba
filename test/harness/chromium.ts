import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const KNOWN_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Keeps it from talking to the network, which a test machine may not have. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** The browser named by `CHROME_PATH`, else an installed one, else Debian's package where we may install it. */
export function findChromium(): string {
  const named = process.env.CHROME_PATH;
  if (named) return named;
  const installed = KNOWN_PLACES.find((place) => existsSync(place));
  if (installed) return installed;
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const found = KNOWN_PLACES.find((place) => existsSync(place));
    if (found) return found;
  }
  throw new Error('No Chromium found: install one, or name it by CHROME_PATH.');
}

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), args: ARGUMENTS });
