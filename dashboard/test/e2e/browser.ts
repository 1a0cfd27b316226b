import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Of Debian's fonts-dejavu-core, which `scripts/install test` brings. */
const FONT = '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf';

/** Other fonts of this machine change no picture. Without any font Chromium would not start. */
const fonts: Record<string, string> = existsSync(FONT)
  ? { FONTCONFIG_FILE: fileURLToPath(new URL('fonts.conf', import.meta.url)) }
  : {};

/** The browser of the machine; none is ever downloaded. */
export const launchOptions = {
  env: { ...process.env, ...fonts },
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
