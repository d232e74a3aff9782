import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type Docker from 'dockerode';
import * as z from 'zod/mini';
import type { TarStream } from '../../ports/tar-stream.ts';
import { CallAborted, EngineLost, EngineRefusal, EngineTimeout, NotAnEngine } from './engine-errors.ts';
import { askSocket } from './socket-download.ts';

type QueryValue = string | number | boolean | readonly string[];

/** One call of the engine's API (source: Docker Engine API reference, v1.41). */
interface EngineRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Part of the query that is encoded already: for bytes that no string can carry. */
  readonly rawQuery?: string;
  /** Sent as JSON. */
  readonly json?: object;
  /** Sent as a tar archive. */
  readonly tar?: Readable;
  /** For an answer in one piece until its end; for a stream until it begins. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A large answer's body. */
export interface Download {
  readonly body: TarStream;
  /** Bytes that have come over the connection so far. */
  readonly received: () => number;
}

/** Calls over dockerode's transport. They throw the errors of `engine-errors.ts` and of Node's sockets. */
export interface EngineApi {
  /** The answer as JSON, checked. */
  json<T extends z.core.$ZodType>(request: EngineRequest, schema: T): Promise<z.output<T>>;
  /** A call whose answer's headers, at most, are of interest. */
  call(request: EngineRequest): Promise<IncomingMessage['headers']>;
  /** The answer's body as it comes; a cut in its middle destroys it with an error. */
  stream(request: EngineRequest): Promise<IncomingMessage>;
  /** The same for much of it, with its memory used again where the engine's socket is one of this machine. */
  download(request: EngineRequest): Promise<Download>;
  /** A two-way connection. */
  hijack(request: EngineRequest): Promise<Duplex>;
}

export interface EngineApiOptions {
  /** Where downloads can be read from without the transport. */
  readonly socketPath?: string | null;
  /** A person's wish to leave. Calls go on all the same, for much of what is done then tidies up, but not for long. */
  readonly interruption?: AbortSignal | undefined;
}

/** How long somebody who wants to leave waits for one answer. */
const leavingLimitMs = 5000;
/** What may take longer than this waits for the end of a program, which takes the time it takes. */
const longestLimitMs = 600_000;

/** The answer's status is judged here, because dockerode's own judgement keeps only a sentence of it. */
const everyStatus = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [index + 100, true]));

/** No answer that we read in one piece comes near this; something that sends more is no engine. */
const answerLimit = 16 * 1024 * 1024;

/** `socketPath` is that of an engine on this machine, null of any other. */
export const createEngineApi = (
  docker: Docker,
  { socketPath = null, interruption }: EngineApiOptions = {},
): EngineApi => {
  const open = async (
    request: EngineRequest,
    hijack: boolean,
    signal: AbortSignal,
  ): Promise<Duplex | IncomingMessage> => {
    const { promise, resolve, reject } = Promise.withResolvers<Duplex | IncomingMessage>();
    docker.modem.dial(
      {
        path: `${request.path}?${request.rawQuery ?? ''}`,
        method: request.method,
        options: { _query: request.query ?? {}, _body: request.json ?? {} },
        // Without an explicit empty body the transport would send a chunked one, whose end the engine hands on as input.
        ...(hijack ? { file: Buffer.alloc(0) } : {}),
        ...(request.tar === undefined ? {} : { file: request.tar }),
        hijack,
        openStdin: false,
        isStream: true,
        statusCodes: everyStatus,
        abortSignal: signal,
      },
      (error, answer) => {
        if (error === null) resolve(answer as Duplex | IncomingMessage);
        else reject(error);
      },
    );
    const answer = await promise;
    if (!('statusCode' in answer)) return answer;
    if (hijack) throw new EngineRefusal(answer.statusCode ?? 0, await messageOf(answer));
    if (request.method === 'HEAD') answer.resume();
    if ((answer.statusCode ?? 0) >= 300) {
      throw new EngineRefusal(answer.statusCode ?? 0, await messageOf(answer));
    }
    return answer;
  };

  /** Runs `work` under the request's time limit and signal. The limit ends with `work`, the signal with what `work` returned. */
  const limited = async <T>(
    request: EngineRequest,
    work: (signal: AbortSignal) => Promise<T>,
    lasts: (value: T) => Readable | null = () => null,
  ): Promise<T> => {
    if (request.signal?.aborted) throw new CallAborted();
    const controller = new AbortController();
    const stop = () => controller.abort(new CallAborted());
    const release = () => request.signal?.removeEventListener('abort', stop);
    const giveUpAfter = (limitMs: number) =>
      setTimeout(() => controller.abort(new EngineTimeout(limitMs)), limitMs);
    const shortLimitMs =
      request.limitMs > longestLimitMs ? request.limitMs : Math.min(request.limitMs, leavingLimitMs);
    let timer = giveUpAfter(interruption?.aborted ? shortLimitMs : request.limitMs);
    const hurry = () => {
      clearTimeout(timer);
      timer = giveUpAfter(shortLimitMs);
    };
    interruption?.addEventListener('abort', hurry);
    request.signal?.addEventListener('abort', stop);
    try {
      const value = await work(controller.signal);
      const stream = lasts(value);
      if (stream === null) release();
      else stream.once('close', release);
      return value;
    } catch (error) {
      release();
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      clearTimeout(timer);
      interruption?.removeEventListener('abort', hurry);
    }
  };

  const answerTo = async (request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> =>
    (await open(request, false, signal)) as IncomingMessage;

  const download = async (request: EngineRequest, signal: AbortSignal): Promise<Download> => {
    if (socketPath === null) {
      const answer = await answerTo(request, signal);
      // Over ssh there is no such count, and ssh itself notices a dead engine.
      return { body: answer, received: () => answer.socket.bytesRead ?? Date.now() };
    }
    const { pathname } = new URL(request.path, 'http://docker');
    const query = new URLSearchParams(request.query as Record<string, string> | undefined);
    const { status, body } = await askSocket(socketPath, `${pathname}?${query}`, signal);
    if (status >= 300) throw new EngineRefusal(status, await messageOf(body));
    return { body, received: () => body.received };
  };

  return {
    json: (request, schema) =>
      limited(request, async (signal) =>
        z.parse(schema, parseJson(await textOf(await answerTo(request, signal)))),
      ),
    call: (request) =>
      limited(request, async (signal) => {
        const answer = await answerTo(request, signal);
        await textOf(answer);
        return answer.headers;
      }),
    stream: (request) =>
      limited(
        request,
        (signal) => answerTo(request, signal),
        (answer) => answer,
      ),
    download: (request) =>
      limited(
        request,
        (signal) => download(request, signal),
        ({ body }) => body,
      ),
    hijack: (request) =>
      limited(
        request,
        (signal) => open(request, true, signal) as Promise<Duplex>,
        (socket) => socket,
      ),
  };
};

const textOf = async (answer: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > answerLimit) throw new NotAnEngine('the answer does not end');
    }
  } catch (error) {
    throw error instanceof NotAnEngine ? error : new EngineLost('the answer was cut', { cause: error });
  }
  return Buffer.concat(chunks).toString();
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotAnEngine('the answer is not JSON');
  }
};

const refusalSchema = z.looseObject({ message: z.string() });

/** What the engine says is wrong: the `message` of its JSON, else the text as it is. */
const messageOf = async (answer: Readable): Promise<string> => {
  const text = await textOf(answer);
  try {
    return z.parse(refusalSchema, JSON.parse(text)).message;
  } catch {
    return text;
  }
};
