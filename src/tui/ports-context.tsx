import { createContext, useContext } from 'react';
import type { Ports } from '../ports/ports.ts';

export const PortsContext = createContext<Ports | null>(null);

/** Everything outside: the only way from a screen to an effect. */
export const usePorts = (): Ports => {
  const ports = useContext(PortsContext);
  if (ports === null) throw new Error('a screen was drawn without ports');
  return ports;
};
