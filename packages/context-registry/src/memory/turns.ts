/** Lets work of one name run one after the other, in the order in which it was asked for. */
export interface Turns {
  readonly take: <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;
  /** Resolves when nothing is under way. */
  readonly settle: () => Promise<void>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    take: (name, work) => {
      const turn = (last.get(name) ?? Promise.resolve()).then(work);
      const ended = turn
        .catch(() => undefined)
        .then(() => {
          if (last.get(name) === ended) last.delete(name);
        });
      last.set(name, ended);
      return turn;
    },
    settle: async () => {
      while (last.size > 0) await Promise.all(last.values());
    },
  };
}
