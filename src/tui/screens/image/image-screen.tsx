import type { ScreenProps } from '../../use-wizard.ts';
import { BuildScreen } from './build-screen.tsx';
import { CliScreen } from './cli-screen.tsx';

/** What the sign-in needs to run: the setup image, or the CLI on this machine. */
export const ImageScreen = (props: ScreenProps) =>
  props.state.answers.runtime === 'sandbox' ? <CliScreen {...props} /> : <BuildScreen {...props} />;
