import type { Binding } from '../../keys.ts';
import type { SessionFocus } from './session-state.ts';

export interface SessionActions {
  readonly focus: (focus: SessionFocus) => void;
  readonly openBrowser: () => void;
  readonly copyLink: () => void;
  readonly showLink: () => void;
  readonly fullScreen: () => void;
  readonly sendPrefix: () => void;
  readonly sendCode: () => void;
  readonly copyOffered: () => void;
  /** To the step before; null on the first one. */
  readonly back: (() => void) | null;
}

/** Our keys while a session is on the screen; with the focus in the pane only the prefix key is ours. */
export const sessionKeys = (
  {
    focus,
    hasLink,
    hasOffer,
  }: { readonly focus: SessionFocus; readonly hasLink: boolean; readonly hasOffer: boolean },
  act: SessionActions,
): readonly Binding[] => {
  const toSession: Binding = { on: ['escape', 'r'], label: 'resume', run: () => act.focus('pane') };
  switch (focus) {
    case 'pane':
      return [
        { on: ['ctrl+]'], label: 'menu: link, code, full screen, leave', run: () => act.focus('menu') },
      ];
    case 'code':
      return [
        { on: ['enter'], label: 'send the code', run: act.sendCode },
        { on: ['escape'], label: 'to the session', run: () => act.focus('pane') },
      ];
    case 'qr':
      return [{ on: ['escape', 'enter', 'r'], label: 'to the session', run: () => act.focus('pane') }];
    case 'away':
      return [];
    case 'menu':
      return [
        ...(hasOffer ? [{ on: ['y'], label: 'allow copying', run: act.copyOffered }] : []),
        ...(hasLink
          ? [
              { on: ['o'], label: 'open', run: act.openBrowser },
              { on: ['c'], label: 'copy', run: act.copyLink },
              { on: ['p'], label: 'paste code', run: () => act.focus('code') },
              { on: ['s'], label: 'QR', run: () => act.focus('qr') },
              { on: ['u'], label: 'print link', run: act.showLink, quiet: true },
            ]
          : []),
        { on: ['f'], label: 'full', run: act.fullScreen },
        ...(act.back === null ? [] : [{ on: ['b'], label: 'back', quiet: true, run: act.back }]),
        toSession,
        { on: ['ctrl+]'], label: 'sends Ctrl+] to the session', quiet: true, run: act.sendPrefix },
      ];
  }
};
