import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where reports are kept unless the caller says otherwise: the user's data folder of the platform, so that every
 * window and the command line see the same reports. `INFERENCE_PROFILER_HOME` moves it.
 */
export function defaultStoreFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const paths = platform === 'win32' ? path.win32 : path.posix;
  const own = environment.INFERENCE_PROFILER_HOME;
  if (own) return paths.join(own, 'reports');
  return paths.join(dataFolder(environment, platform, home, paths), 'inference-profiler', 'reports');
}

function dataFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
  paths: path.PlatformPath,
): string {
  if (platform === 'win32') return environment.LOCALAPPDATA ?? paths.join(home, 'AppData', 'Local');
  if (platform === 'darwin') return paths.join(home, 'Library', 'Application Support');
  // The XDG rules: a relative path is to be ignored.
  const xdg = environment.XDG_DATA_HOME;
  return xdg?.startsWith('/') ? xdg : paths.join(home, '.local', 'share');
}
