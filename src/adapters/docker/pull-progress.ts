import type { BuildEvent } from '../../ports/engine.ts';

type PullEvent = Extract<BuildEvent, { type: 'pull' }>;

interface Layer {
  downloaded: number;
  extracted: number;
  /** 0 while unknown; small layers never say. */
  total: number;
  stage: 'waiting' | 'downloaded' | 'complete';
}

export interface LayerStatus {
  readonly id: string;
  readonly status: string;
  readonly current: number | null;
  readonly total: number | null;
}

/** What a status says about its layer (source: moby, `distribution` and `pkg/progress`). */
const statuses: Readonly<Record<string, (layer: Layer, current: number) => void>> = {
  'Pulling fs layer': () => {},
  Waiting: () => {},
  Downloading: (layer, current) => {
    layer.downloaded = current;
  },
  'Verifying Checksum': () => {},
  'Download complete': (layer) => {
    layer.stage = 'downloaded';
  },
  Extracting: (layer, current) => {
    layer.stage = 'downloaded';
    layer.extracted = current;
  },
  'Pull complete': (layer) => {
    layer.stage = 'complete';
  },
};

/** Sums the progress of a pull over its layers. Returns null for a status that changes nothing. */
export const createPullProgress = (): ((status: LayerStatus) => PullEvent | null) => {
  const layers = new Map<string, Layer>();
  let last = '';

  return ({ id, status, current, total }) => {
    const change = statuses[status];
    if (change === undefined) return null;
    const layer = layers.get(id) ?? { downloaded: 0, extracted: 0, total: 0, stage: 'waiting' };
    layers.set(id, layer);
    // An engine that unpacks with containerd counts seconds there, and says no total.
    if (total !== null && total > 0) layer.total = total;
    change(layer, total === null ? layer.extracted : (current ?? 0));
    const event = sum([...layers.values()]);
    const text = JSON.stringify(event);
    if (text === last || event.totalBytes === 0) return null;
    last = text;
    return event;
  };
};

const sum = (layers: readonly Layer[]): PullEvent => {
  const phase = layers.some(({ stage }) => stage === 'waiting') ? 'pulling' : 'extracting';
  const done = ({ stage, downloaded, extracted, total }: Layer): number => {
    if (phase === 'pulling') return stage === 'waiting' ? downloaded : total;
    return stage === 'complete' ? total : extracted;
  };
  return {
    type: 'pull',
    phase,
    bytes: layers.reduce((bytes, layer) => bytes + done(layer), 0),
    totalBytes: layers.reduce((bytes, { total }) => bytes + total, 0),
  };
};
