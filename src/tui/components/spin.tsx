import Spinner from 'ink-spinner';
import { useTheme } from '../theme.ts';

/** That something goes on, in one column. */
export const Spin = () => {
  const { spinner, symbols } = useTheme();
  return spinner === null ? symbols.bullet : <Spinner type={spinner} />;
};
