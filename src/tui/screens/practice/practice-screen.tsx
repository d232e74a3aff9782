import { useWindowSize } from 'ink';
import { type ReactNode, useState } from 'react';
import type { Ports } from '../../../ports/ports.ts';
import type { Leaving } from '../../chrome.ts';
import { Page } from '../../components/page.tsx';
import { SelectList, useSelection } from '../../components/select-list.tsx';
import { Text } from '../../components/text.tsx';
import { Words } from '../../components/words.tsx';
import { PortsContext } from '../../ports-context.tsx';
import { PracticeContext } from '../../practice-context.ts';
import { Standalone } from '../../standalone.tsx';

/** Something to practise: a world of its own, and the screen that it opens with. */
export interface PracticeRoom<Start> {
  readonly label: string;
  readonly detail: string;
  readonly ports: Ports;
  readonly start: Start;
}

/** What there is to practise, and where to begin; null for the list. */
export interface PracticeStart<Start> {
  readonly rooms: readonly PracticeRoom<Start>[];
  readonly entered: PracticeRoom<Start> | null;
}

export interface PracticeProps<Start> {
  readonly start: PracticeStart<Start>;
  readonly ending: AbortSignal;
  readonly onLeave: (leaving: Leaving) => void;
  /** Draws a room; whoever leaves it comes back to the list. */
  readonly children: (start: Start, onLeave: (leaving: Leaving) => void) => ReactNode;
}

const about =
  'A place to try everything out: the screens and what they do are the real ones, but Docker, the Claude CLI, the browser and the account are played. All files are in a temporary folder, which is removed at the end.';

/** The list of what there is to practise, and the room that was entered. Only Ctrl+C leaves from inside of a room. */
export const Practice = <Start,>({ start, ending, onLeave, children }: PracticeProps<Start>) => {
  const [room, setRoom] = useState(start.entered);
  return (
    <PracticeContext value={true}>
      {room === null ? (
        <Lobby rooms={start.rooms} ending={ending} onEnter={setRoom} onLeave={onLeave} />
      ) : (
        <PortsContext value={room.ports}>
          {children(room.start, (leaving) => (leaving.interrupted ? onLeave(leaving) : setRoom(null)))}
        </PortsContext>
      )}
    </PracticeContext>
  );
};

interface LobbyProps<Start> {
  readonly rooms: readonly PracticeRoom<Start>[];
  readonly ending: AbortSignal;
  readonly onEnter: (room: PracticeRoom<Start>) => void;
  readonly onLeave: (leaving: Leaving) => void;
}

const Lobby = <Start,>({ rooms, ending, onEnter, onLeave }: LobbyProps<Start>) => {
  const { columns } = useWindowSize();
  const selection = useSelection(rooms.map((room) => ({ value: room, ...room })));
  const { focused, bindings } = selection;
  const enter = { on: ['enter'], label: 'begin', run: () => focused && onEnter(focused.value) };
  return (
    <Standalone subject="" ending={ending} onLeave={onLeave}>
      <Page
        title="What do you want to practise?"
        about={about}
        bindings={[enter, ...bindings]}
        outcome="completed"
      >
        <Words>
          {'No Docker and no account are needed. Whatever you do here, nothing of yours is read or changed.'}
        </Words>
        <SelectList selection={selection} rows={rooms.length} labelWidth={columns < 70 ? 20 : 24} />
        <Text>Quitting inside brings you back to this list.</Text>
      </Page>
    </Standalone>
  );
};
