import { fail, ok } from '../../domain/failure.ts';
import type { Host } from '../../ports/host.ts';
import { findProgram, runTool } from './run-tool.ts';

export interface HostInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  readonly platform: NodeJS.Platform;
  readonly uid: number | null;
  readonly program: readonly string[];
}

interface Tool {
  readonly program: string;
  readonly args: readonly string[];
  /** Whether it can work on this machine at all. */
  readonly fits: (input: HostInput) => boolean;
}

const onMac = ({ platform }: HostInput): boolean => platform === 'darwin';
const onWsl = ({ env }: HostInput): boolean => Boolean(env.WSL_DISTRO_NAME);
const onWayland = ({ env }: HostInput): boolean => Boolean(env.WAYLAND_DISPLAY);
const onX11 = ({ env }: HostInput): boolean => Boolean(env.DISPLAY);

const browsers: readonly Tool[] = [
  { program: 'open', args: [], fits: onMac },
  { program: 'wslview', args: [], fits: onWsl },
  {
    program: 'xdg-open',
    args: [],
    fits: (input) => onX11(input) || onWayland(input) || Boolean(input.env.BROWSER),
  },
];

const clipboards: readonly Tool[] = [
  { program: 'pbcopy', args: [], fits: onMac },
  { program: 'clip.exe', args: [], fits: onWsl },
  { program: 'wl-copy', args: [], fits: onWayland },
  { program: 'xclip', args: ['-selection', 'clipboard'], fits: onX11 },
  { program: 'xsel', args: ['--clipboard', '--input'], fits: onX11 },
];

/** How long a tool is waited for, and whether one that still runs then has done its work. */
interface Patience {
  readonly timeoutMs: number;
  readonly runningIsFine: boolean;
}
/** An opener that starts the browser itself stays as long as the browser; one that can't fails at once. */
const forBrowsers: Patience = { timeoutMs: 2000, runningIsFine: true };
const forClipboards: Patience = { timeoutMs: 5000, runningIsFine: false };

/** The machine as it is. */
export const createHost = (input: HostInput): Host => {
  /** Whether one of the tools that are there did it. */
  const tryTools = async (
    tools: readonly Tool[],
    args: readonly string[],
    text: string,
    { timeoutMs, runningIsFine }: Patience,
  ): Promise<boolean> => {
    for (const tool of tools.filter(({ fits }) => fits(input))) {
      const path = await findProgram(tool.program, input.env);
      if (path === null) continue;
      const ran = await runTool(path, [...tool.args, ...args], { env: input.env, input: text, timeoutMs });
      if (ran.outcome === 'done') return true;
      if (ran.outcome === 'running') {
        if (runningIsFine) return true;
        ran.end();
      }
    }
    return false;
  };

  return {
    ...input,
    async openBrowser(url) {
      if (URL.parse(url)?.protocol !== 'https:') {
        return fail(
          'host.browser',
          'The link was not opened',
          'it is no https link',
          'look at where it came from',
        );
      }
      if (await tryTools(browsers, [url], '', forBrowsers)) return ok(undefined);
      return fail(
        'host.browser',
        'No browser was opened',
        'none can be started from here',
        'copy the link into a browser on any machine',
      );
    },
    async copy(text) {
      if (await tryTools(clipboards, [], text, forClipboards)) return ok(undefined);
      return fail(
        'host.clipboard',
        'Nothing was copied',
        'there is no clipboard tool here',
        "select the link, or use the terminal's own copy",
      );
    },
  };
};
